// A mail address as the server keeps it: lower case, the domain as A-labels (RFC 5890).
//
// Narrower than RFC 5321 on purpose: no quoted local parts, no comments, no address literals, no
// bare host names. What passes here can stand in a header and in an SMTP command as it is.
#pragma once

#include <compare>
#include <string>
#include <string_view>

#include "base/result.h"

namespace couvert {

/// One mailbox. Only parse_address() makes one that is not empty.
struct Address {
  std::string text;

  auto operator<=>(const Address&) const = default;

  std::string_view local_part() const;
  std::string_view domain() const;
};

/// Reads an address as people type it, surrounding spaces aside; the local part may hold UTF-8
/// (RFC 6531), the domain may be international.
///
/// Errors: `invalid` for anything that is no single mailbox of at most 254 bytes (64 before the @).
Result<Address> parse_address(std::string_view text);

}  // namespace couvert
