// The server's time: the machine's clock, guarded against jumps.
//
// There is a line: the latest time that the clock has surely reached (the mark, which the database
// keeps), and from there on the machine's running time. Where the clock is decides:
//
//   on the line   all is plain, and the mark goes along.
//   ahead of it   what has ended by it is closed at once (now), but nothing is destroyed (certain
//                 stays on the line) until it has run evenly for a time that grows with the jump:
//                 limits::clock_settles_per_day, at most clock_settles_max. A clock that jumped,
//                 and is put right before that, has destroyed nothing.
//   behind it     it was set back, and is not believed: time goes on along the line, and not before
//                 the latest time that was shown. So nothing that has ended comes back.
//
// A clock that runs evenly behind its line for limits::clock_set_back_believed is believed: what
// ended before the line is erased by then. docs/decisions/0056-a-guarded-clock.md has the reasons.
#pragma once

#include <memory>
#include <mutex>

#include "base/clock.h"
#include "base/log.h"
#include "store/clock_table.h"

namespace couvert {

/// Lifetime: `machine` and `database` must outlive it. Threads: any; look() one at a time.
class GuardedClock final : public Clock {
 public:
  /// Goes on from what the database has; in a new one the machine's clock is believed as it is.
  /// Errors: those of the database.
  static Result<std::unique_ptr<GuardedClock>> open(const Clock& machine, Database& database);

  Instant now() const override;
  Instant certain() const override;
  Duration running() const override { return machine_.running(); }

  /// Compares the clock with its line and writes down how far it has come, at most once in
  /// limits::clock_write_pause. To be called every few seconds; logs where the clock jumped.
  /// Errors: those of the database; the time is right all the same.
  Result<> look(Log& log);

 private:
  enum class Place { on_line, ahead, behind };
  /// A time that goes on with the machine's running time.
  struct Line {
    Instant begin;
    Duration running{};
    Instant at(Duration when) const { return begin + (when - running); }
  };
  /// What the machine's two clocks say at one moment.
  struct Reading {
    Instant wall;
    Duration running{};
  };

  GuardedClock(const Clock& machine, Database& database) : machine_(machine), database_(database) {}
  Reading read() const { return {machine_.now(), machine_.running()}; }
  Place place_of(const Reading& reading) const;
  Instant set_back(const Reading& reading) const;
  void follow(const Reading& reading);
  void begin_line(const Reading& reading);

  const Clock& machine_;
  Database& database_;
  mutable std::mutex mutex_;  // guards what follows
  Line mark_;
  mutable Line latest_;
  Duration unwritten_{};  // may have passed between the last writing and the start
  Reading seen_;
  Duration even_since_{};  // running time of the last jump
  Place place_ = Place::on_line;
  std::optional<Duration> written_;  // when, by running time
};

}  // namespace couvert
