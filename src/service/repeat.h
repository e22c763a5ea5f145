// What a client names a request by, so that the same one again, after an answer that got lost, does
// nothing twice (draft-ietf-httpapi-idempotency-key-header).
//
// Kept as a counter, in the transaction of what the request does; the round that sweeps counters
// forgets it after two days.
#pragma once

#include <optional>

#include "service/verify.h"
#include "store/database.h"

namespace couvert {

/// What was noted of an earlier request of this caller's name for the same transfer; nothing where
/// there was none, or the request has no name.
Result<std::optional<std::int64_t>> done_before(Transaction& tx, const Caller& caller,
                                                const SealId& id, Instant now);
/// What a request did: a number that its answer is made of, at least 0, and when.
struct Done {
  std::int64_t number = 0;
  Instant at;
};
/// Notes that it is done.
Result<> note_done(Transaction& tx, const Caller& caller, const SealId& id, const Done& done);

}  // namespace couvert
