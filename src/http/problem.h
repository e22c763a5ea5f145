// Answers about trouble: problem details (RFC 9457) with a stable code.
#pragma once

#include <chrono>

#include "http/exchange.h"

namespace couvert {

/// The status of an error. `denied` is 404 and not 403: a stranger must not learn that a transfer
/// is there.
int http_status(ErrorCode code);

/// The reason phrase of a status that this server sends: "Not Found".
std::string_view title_of(int status);

/// The answer to an error of a use case. Of its detail only what spec/api.yaml names goes out:
/// a reason out of the fixed list, the address behind it, and the seconds of `throttled`.
Response problem(const Error& error);

/// The answer to what only HTTP knows: a status of its own, and the code that fits it.
Response problem(int status);

/// Adds `request_id` to the body of a problem made above.
void name_request(Response& problem, std::string_view request_id);

}  // namespace couvert
