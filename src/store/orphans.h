// Background round: objects that no row names go, those of a writer that died before its row.
#pragma once

#include <map>

#include "base/clock.h"
#include "store/database.h"
#include "store/objects.h"

namespace couvert {

inline constexpr Duration orphan_grace = std::chrono::hours(24);

/// Finds forgotten objects in passes. One is erased when a pass finds it without a row, a later one
/// still does after limits::orphan_suspected_min of running time, and it was last changed more than
/// orphan_grace ago. The time of a file is the machine's clock, which may have jumped; that an
/// object just written has its row soon is a matter of running time alone.
///
/// Memory: 100 bytes for each suspect, at most limits::orphans_suspected_max.
/// Threads: one at a time.
class OrphanSweep {
 public:
  /// Returns how many were erased. Errors: those of the two stores; what was erased until then
  /// stays erased.
  Result<std::size_t> pass_over(Database& database, Objects& objects, const Clock& clock);

 private:
  std::map<ObjectId, Duration> suspects_;  // since when, by running time
};

}  // namespace couvert
