// What a request is named by, so that the same again is done once (docs/decisions/0171).
#pragma once

#include "http/exchange.h"

namespace couvert {

/// Reads the field Idempotency-Key, a string as RFC 8941 has it; service/repeat.h knows what was
/// done under it. Errors: `invalid`.
Result<> read_request_key(Request& request);

}  // namespace couvert
