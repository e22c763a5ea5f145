#include "service/guarded_clock.h"

#include <algorithm>

#include "base/limits.h"

namespace couvert {

namespace {

using namespace std::chrono_literals;

// How far two steps differ, whichever is longer.
Duration difference(Duration one, Duration other) {
  return one > other ? one - other : other - one;
}

// How long a clock that is so far ahead must run evenly: the more it would end, the longer.
Duration settling_time(Duration ahead) {
  return std::min<Duration>(ahead / (24h / limits::clock_settles_per_day),
                            limits::clock_settles_max);
}

}  // namespace

Result<std::unique_ptr<GuardedClock>> GuardedClock::open(const Clock& machine, Database& database) {
  std::optional<ClockRow> row;
  const Result<> read = database.read([&](Transaction& tx) -> Result<> {
    Result<std::optional<ClockRow>> found = read_clock(tx);
    if (!found) return pass(found);
    row = *found;
    return Result<>();
  });
  if (!read) return pass(read);
  std::unique_ptr<GuardedClock> clock(new GuardedClock(machine, database));
  const Reading reading = clock->read();
  clock->begin_line(reading);
  clock->seen_ = reading;
  clock->even_since_ = reading.running;
  if (row) {
    clock->mark_.begin = row->mark;
    clock->latest_.begin = row->latest;
    clock->unwritten_ = 2 * limits::clock_write_pause;  // writing is never later than that
  }
  return clock;
}

void GuardedClock::begin_line(const Reading& reading) {
  mark_ = {reading.wall, reading.running};
  latest_ = mark_;
}

GuardedClock::Place GuardedClock::place_of(const Reading& reading) const {
  const Instant line = mark_.at(reading.running);
  if (reading.wall > line + limits::clock_slack) return Place::ahead;
  if (reading.wall < line - limits::clock_slack) return Place::behind;
  return Place::on_line;
}

Instant GuardedClock::set_back(const Reading& reading) const {
  return std::max(mark_.at(reading.running), latest_.at(reading.running)) + unwritten_;
}

Instant GuardedClock::now() const {
  const std::lock_guard hold(mutex_);
  const Reading reading = read();
  switch (place_of(reading)) {
    case Place::on_line:
      return std::max(reading.wall, mark_.at(reading.running));
    case Place::ahead:
      // Shown once, it counts as having been, should the clock be set back behind the line.
      if (reading.wall > latest_.at(reading.running)) latest_ = {reading.wall, reading.running};
      return reading.wall;
    case Place::behind:
      return set_back(reading);
  }
  return reading.wall;
}

Instant GuardedClock::certain() const {
  const std::lock_guard hold(mutex_);
  const Reading reading = read();
  const Instant line = mark_.at(reading.running);
  return place_of(reading) == Place::on_line ? std::max(reading.wall, line) : line;
}

void GuardedClock::follow(const Reading& reading) {
  const Duration step = reading.wall - seen_.wall;
  const Duration ran = reading.running - seen_.running;
  if (difference(step, ran) > limits::clock_slack) even_since_ = reading.running;
  seen_ = reading;
  const Duration even = reading.running - even_since_;
  const Instant line = mark_.at(reading.running);
  if (place_ != Place::behind) unwritten_ = Duration(0);
  switch (place_) {
    case Place::on_line:
      begin_line({std::max(reading.wall, line), reading.running});
      break;
    case Place::ahead:
      if (reading.wall > latest_.at(reading.running)) latest_ = {reading.wall, reading.running};
      if (even >= settling_time(reading.wall - line)) begin_line(reading);
      break;
    case Place::behind:
      break;
  }
  // What was only shown, by a clock that never settled, is never forgotten in favour of an earlier
  // time: nothing has erased what it closed.
  const bool all_erased = latest_.at(reading.running) <= mark_.at(reading.running);
  const bool is_back = reading.wall < mark_.at(reading.running);
  if (is_back && all_erased && even >= limits::clock_set_back_believed) begin_line(reading);
}

Result<> GuardedClock::look(Log& log) {
  ClockRow row;
  {
    const std::lock_guard hold(mutex_);
    const Reading reading = read();
    const Place place = place_of(reading);
    const bool is_news = place != place_;
    if (is_news && place != Place::on_line) {
      const Duration off = reading.wall - mark_.at(reading.running);
      log.write(LogLevel::warning,
                place == Place::ahead ? "the clock jumped forward: nothing is erased by it for now"
                                      : "the clock was set back: it is not believed",
                {{"seconds", std::chrono::floor<std::chrono::seconds>(off).count()}});
    }
    place_ = place;
    follow(reading);
    const bool is_due = !written_ || reading.running >= *written_ + limits::clock_write_pause;
    if (!is_due && !is_news) return Result<>();
    written_ = reading.running;
    row = {mark_.at(reading.running), latest_.at(reading.running)};
  }
  return database_.write([&](Transaction& tx) { return write_clock(tx, row); });
}

}  // namespace couvert
