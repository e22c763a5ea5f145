// Whether the database and the object store agree, both ways.
//
// An object is made before its row and erased before its row, so for a while there are objects
// that no row names, and ended transfers whose objects are gone already. Neither is a disagreement:
// an object counts as forgotten only after a grace time, and one is missed only of a transfer that
// can still be opened or filled.
#pragma once

#include <string>
#include <vector>

#include "base/clock.h"
#include "store/database.h"
#include "store/objects.h"
#include "store/orphans.h"

namespace couvert {

inline constexpr std::size_t disagreements_max = 10'000;

/// One line for everything that is wrong: objects of another database; a missing object, one of the
/// wrong length or with another part's bytes, one without a row that is older than `grace`; rows of
/// unknown transfers; parts with gaps; offsets of drafts that are not the sum of their parts;
/// sealed transfers without manifest, keyslot or recipient. Lines name IDs and numbers only. The
/// server may run meanwhile. Stops after disagreements_max.
///
/// Memory: 140 bytes or so for every object that a row names.
/// Errors: those of the two stores; `damaged` where a row cannot be read.
Result<std::vector<std::string>> find_disagreements(Database& database, Objects& objects,
                                                    Instant now, Duration grace = orphan_grace);

}  // namespace couvert
