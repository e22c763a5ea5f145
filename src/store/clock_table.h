// The table `clock`: how far the server's time has come. service/guarded_clock.h says what for.
#pragma once

#include <optional>

#include "base/clock.h"
#include "store/database.h"

namespace couvert {

struct ClockRow {
  Instant mark;    // the latest time that has surely come
  Instant latest;  // the latest time that was shown, perhaps by a wrong clock
};

/// Nothing in a database that no server has worked on.
Result<std::optional<ClockRow>> read_clock(Transaction& tx);
Result<> write_clock(Transaction& tx, const ClockRow& row);

}  // namespace couvert
