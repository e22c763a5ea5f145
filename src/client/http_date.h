// The date of an HTTP answer (RFC 9110 section 5.6.7), in the one form that servers send today.
#pragma once

#include <optional>
#include <string_view>

#include "base/clock.h"

namespace couvert {

/// "Sun, 22 Nov 2026 12:00:00 GMT", or nullopt for anything else.
std::optional<Instant> parse_http_date(std::string_view text);

}  // namespace couvert
