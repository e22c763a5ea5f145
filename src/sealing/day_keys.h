// Day keys: a key for each day (UTC), so that what ends on a day can be destroyed with its key, in
// old backups, too.
//
// They lie in a folder, one file a day: 2026-11-22.key is a sealed message under the master key.
// A key whose day is long over and that nothing needs is marked (2026-11-22.mark) and destroyed
// after a day of running time with the mark: a clock that jumps destroys nothing at once.
// spec/sealing.md, "Day keys".
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>

#include "base/clock.h"
#include "base/random.h"
#include "sealing/context.h"
#include "sealing/key_folder.h"

namespace couvert {

/// The day of an instant. Instants before 1970 have none and count as day 0.
Day day_of(Instant instant);

/// A day's key, as long as somebody works with it, even if it is destroyed meanwhile.
using DayKey = std::shared_ptr<const Secret<32>>;

/// When a day key goes.
struct DayKeyRules {
  Duration grace = std::chrono::hours(24);   // from the end of the day to the mark
  Duration marked = std::chrono::hours(24);  // running time with the mark
};

/// Whether a live row is sealed under that day's key.
using DayNeeded = std::function<Result<bool>(Day)>;

/// The day keys of this process.
///
/// Memory:   66 bytes of locked memory for each day, about 27 KiB.
/// Lifetime: `folder` and `master_key` must outlive it.
/// Threads:  any; round() one at a time.
class DayKeys {
 public:
  /// Reads every stored key.
  /// Errors: `damaged` where one does not open under this master key, which must stop the start;
  /// those of the folder.
  static Result<std::unique_ptr<DayKeys>> load(KeyFolder& folder, const Secret<32>& master_key,
                                               const DayKeyRules& rules);

  /// Errors: `expired` for a day whose key is gone or was never made.
  Result<DayKey> key(Day day) const;

  /// How many days in a row, from `first` on, have their key (for figures).
  std::size_t count_from(Day first) const;

  /// Makes what is missing of the keys of today and of all days on which a transfer that is made
  /// now or tomorrow can end. Durable on return; a key that is there is never overwritten.
  /// Errors: those of the folder, `damaged` where what was stored does not open.
  Result<> make_ahead(Instant now, Random& random);

  /// Marks and destroys what is due. To be called every few minutes; `running` is monotonic and its
  /// zero means nothing (Clock::running()). Running time counts from one round to the next.
  /// Errors: those of `needed` and of the folder: then the round is broken off and the next one
  /// goes on.
  Result<> round(Instant now, Duration running, const DayNeeded& needed);

 private:
  /// How long a key has been marked, and when that was last written down: by the clock, and by the
  /// running time of this process where it was this process.
  struct Mark {
    Duration running{};
    Instant written;
    std::optional<Duration> counted;
  };
  struct Tick {
    Instant now;
    Duration running;
  };

  DayKeys(KeyFolder& folder, const Secret<32>& master_key, const DayKeyRules& rules);
  Result<> load_key(Day day);
  Result<> load_mark(Day day);
  Result<> round_of(Day day, const Tick& tick, const DayNeeded& needed);
  Result<> write_mark(Day day, const Mark& mark);
  Result<> remove_mark(Day day);
  Result<> destroy(Day day);
  bool holds(Day day) const;

  KeyFolder& folder_;
  const Secret<32>& master_key_;
  DayKeyRules rules_;
  std::map<Day, Mark> marks_;
  mutable std::mutex mutex_;  // guards keys_
  std::map<Day, DayKey> keys_;
};

}  // namespace couvert
