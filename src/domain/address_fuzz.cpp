// Fuzzes mail addresses: what is taken is in its one spelling, and fits into a mail's header.
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
  const Result<Address> address = parse_address(text);
  if (address) check_address(*address);
}

}  // namespace couvert

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  couvert::fuzz({reinterpret_cast<const char*>(data), size});
  return 0;
}
