// What a certificate's file says.
#pragma once

#include <string>

#include "base/clock.h"
#include "base/result.h"

namespace couvert {

/// When the first certificate of a PEM file ends (RFC 5280 section 4.1.2.5).
/// Errors: `unavailable` where it cannot be read; `invalid` for what is none.
Result<Instant> certificate_end(const std::string& path);

}  // namespace couvert
