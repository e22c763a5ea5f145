// What a rule says of an address: which addresses it means.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "domain/address.h"

namespace re2 {
class RE2;
}

namespace couvert {

/// `anna@example.org`, `*@example.org`, `*@*.example.org` (all below that domain), `*`, a local
/// part with stars for any run of characters (`info-*@example.org`, `noreply@*`), or a regular
/// expression of RE2 between slashes that the whole address has to match (`/(anna|bert)@.+\.org/`).
/// Addresses are compared in their one spelling, in lower case.
///
/// Threads: any. Matching takes time that grows with the address alone.
class AddressPattern {
 public:
  /// Errors: `invalid` with what is taken.
  static Result<AddressPattern> parse(std::string_view text);

  /// The one spelling; parse() takes it and returns the same.
  const std::string& text() const { return text_; }
  bool matches(const Address& address) const;

 private:
  enum class Domain { exact, below, any };

  static Result<AddressPattern> parse_expression(std::string_view text);

  std::string text_;
  std::string local_;   // with stars
  std::string domain_;  // for exact, and for below with the dot before it
  Domain kind_ = Domain::any;
  std::shared_ptr<const re2::RE2> expression_;  // instead of the three
};

}  // namespace couvert
