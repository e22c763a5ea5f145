// When a mail that could not be handed over is tried again: 1, 5, 15 and 60 minutes later, then
// every 3 hours until its end (5 days).
#pragma once

#include <cstdint>
#include <optional>

#include "base/clock.h"

namespace couvert {

/// A try that was in vain.
struct FailedTry {
  int tries = 1;  // with this one
  Instant now;
  Instant certain;  // Clock::certain(): whether the mail's life is over for good
  Instant end;      // of the mail's life
};

/// The next try, or nothing where the mail is given up. `jitter` is any random number: it moves
/// the try by up to a tenth of the pause, later only, so that mails do not come back all at once.
/// The last try lies exactly at the end. While the clock may have jumped past the end, tries go on.
std::optional<Instant> next_try(const FailedTry& failed, std::uint16_t jitter);

}  // namespace couvert
