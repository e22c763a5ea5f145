// Time, handed in by main so that a test can be a jumping clock.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "base/result.h"

namespace couvert {

/// A point in time, UTC, to the millisecond.
using Instant = std::chrono::sys_time<std::chrono::milliseconds>;
using Duration = std::chrono::milliseconds;

/// Where the time comes from. Threads: any.
class Clock {
 public:
  virtual ~Clock() = default;
  /// The time of day, which decides what is open. May jump both ways.
  virtual Instant now() const = 0;
  /// The latest time that has surely come, which decides what is destroyed; at most now().
  virtual Instant certain() const { return now(); }
  /// Time that only runs forward while the machine runs; its zero means nothing.
  virtual Duration running() const = 0;
};

/// The machine's clocks.
class SystemClock final : public Clock {
 public:
  Instant now() const override;
  Duration running() const override;
};

/// Whole seconds since 1970, as stored in the database and in the manifest.
std::int64_t to_unix(Instant instant);
Instant from_unix(std::int64_t seconds);

/// RFC 3339 in UTC with whole seconds: "2026-11-22T12:00:00Z".
std::string to_rfc3339(Instant instant);
/// Errors: `invalid` for every other form, and for dates that do not exist.
Result<Instant> parse_rfc3339(std::string_view text);

}  // namespace couvert
