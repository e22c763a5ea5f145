// Which database and which objects belong together.
//
// Both carry one ID. An empty database beside the objects of another one (a backup put back only
// in part, a wrong path) would take every object for forgotten and erase it; the start refuses it
// instead.
#pragma once

#include "base/random.h"
#include "store/database.h"
#include "store/objects.h"

namespace couvert {

/// Makes sure that they belong together; in new ones the ID is made and kept, durably.
/// Errors: `conflict` where they do not: the objects are another database's, or they are nobody's
/// and this database names none of them. Those of the two stores.
Result<> pair_stores(Database& database, Objects& objects, Random& random);

/// Whether they belong together, for who only looks. Errors: those of the two stores.
Result<bool> belong_together(Database& database, Objects& objects);

}  // namespace couvert
