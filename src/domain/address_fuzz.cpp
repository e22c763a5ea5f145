// Fuzzes mail addresses and the patterns of rules: what is taken is in its one spelling, fits into
// a mail's header, and means one domain.
//
// parser: src/domain/address.cpp
#include <algorithm>

#include "base/bytes.h"
#include "base/limits.h"
#include "domain/address.h"

namespace couvert {
namespace {

void check_address(const Address& address) {
  const std::string& text = address.text;
  INVARIANT(text.size() <= limits::address_bytes_max && is_utf8(text));
  INVARIANT(std::ranges::none_of(text, [](unsigned char c) { return c <= 0x20 || c == 0x7f; }));
  INVARIANT(text.find_first_of("<>()[]:;\\,\"") == std::string::npos);
  INVARIANT(std::ranges::count(text, '@') == 1);
  INVARIANT(!address.local_part().empty() && address.domain().find('.') != std::string_view::npos);
  const Result<Address> again = parse_address(text);
  INVARIANT(again && *again == address);
}

}  // namespace

void fuzz(std::string_view text) {
  // An input of two lines: an address and a pattern.
  const std::size_t line = std::min(text.find('\n'), text.size());
  const Result<Address> address = parse_address(text.substr(0, line));
  if (address) check_address(*address);
  const std::string_view second = line < text.size() ? text.substr(line + 1) : text;
  const Result<std::string> pattern = parse_address_pattern(second);
  if (!pattern) return;
  INVARIANT(*parse_address_pattern(*pattern) == *pattern);
  if (!address || !matches(*pattern, *address)) return;
  // What is below a domain is not the domain, and a neighbour's name never ends in it by chance.
  const std::string_view domain = address->domain();
  if (pattern->starts_with("*@*."))
    INVARIANT(("." + std::string(domain)).ends_with(pattern->substr(3)));
  if (pattern->starts_with("*@") && !pattern->starts_with("*@*."))
    INVARIANT(domain == pattern->substr(2));
}

}  // namespace couvert

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  couvert::fuzz({reinterpret_cast<const char*>(data), size});
  return 0;
}
