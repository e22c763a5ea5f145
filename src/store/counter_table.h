// The table `counter`: how often something happened within a window of time, shared by all nodes.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/clock.h"
#include "store/database.h"

namespace couvert {

/// The window of an hour.
inline Instant hour_of(Instant now) {
  return std::chrono::floor<std::chrono::hours>(now);
}

/// Adds `amount` to the counter `key` of the window that begins at `window` and returns the new
/// sum, in one statement. `key` has at most 200 bytes.
Result<std::int64_t> add_to_counter(Transaction& tx, std::string_view key, Instant window,
                                    std::int64_t amount);
/// The sum so far, 0 where there is none.
Result<std::int64_t> read_counter(Transaction& tx, std::string_view key, Instant window);

/// The sum of all windows that begin at or after `since`.
Result<std::int64_t> sum_of_counter(Transaction& tx, std::string_view key, Instant since);

/// Wrong passwords of one recipient's transfer from one network.
struct Attempts {
  std::int64_t failures = 0;
  Instant last;
};
Result<Attempts> attempts_of(Transaction& tx, std::string_view key);
/// Counts one more failure at `now`.
Result<> add_attempt(Transaction& tx, std::string_view key, Instant now);
Result<> clear_attempts(Transaction& tx, std::string_view key);

/// Deletes windows that began before `counters_before`, and attempts last made before it.
Result<> sweep_counters(Transaction& tx, Instant counters_before);

}  // namespace couvert
