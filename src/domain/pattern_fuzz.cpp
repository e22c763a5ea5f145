// Fuzzes the patterns of rules with an address each: what is taken is in its one spelling, and
// means the domain that it names.
//
// parser: src/domain/pattern.cpp
#include <algorithm>

#include "domain/pattern.h"

namespace couvert {
namespace {

// An input of two lines: an address and a pattern.
void fuzz(std::string_view text) {
  const std::size_t line = std::min(text.find('\n'), text.size());
  const Result<Address> address = parse_address(text.substr(0, line));
  const std::string_view second = line < text.size() ? text.substr(line + 1) : text;
  const Result<AddressPattern> pattern = AddressPattern::parse(second);
  if (!pattern) return;
  const std::string& spelling = pattern->text();
  INVARIANT(AddressPattern::parse(spelling)->text() == spelling);
  if (!address || spelling.starts_with('/') || !pattern->matches(*address)) return;
  // What is below a domain is not the domain, and a neighbour's name never ends in it by chance.
  const std::string_view domain = address->domain();
  const std::string_view asked = std::string_view(spelling).substr(spelling.rfind('@') + 1);
  if (asked.starts_with("*.")) {
    INVARIANT(domain.size() > asked.size() - 1 && domain.ends_with(asked.substr(1)));
  } else if (asked != "*") {
    INVARIANT(domain == asked);
  }
  const std::string whole = spelling.substr(0, spelling.rfind('@'));
  if (whole.find('*') == std::string::npos) INVARIANT(address->local_part() == whole);
}

}  // namespace
}  // namespace couvert

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  couvert::fuzz({reinterpret_cast<const char*>(data), size});
  return 0;
}
