// Fuzzes the spellings of bytes, of IDs and of times: each decoder takes what its encoder writes,
// and nothing else.
//
// parser: src/base/bytes.cpp
#include "base/clock.h"
#include "base/id.h"

namespace couvert {

void fuzz(std::string_view text) {
  const Bytes bytes = as_bytes(text);
  if (const auto hex = decode_hex(text)) INVARIANT(encode_hex(*hex) == text);
  if (const auto url = decode_base64url(text)) INVARIANT(encode_base64url(*url) == text);
  if (const auto mime = decode_base64(text)) INVARIANT(encode_base64(*mime) == text);
  INVARIANT(as_text(*decode_hex(encode_hex(bytes))) == text);
  INVARIANT(as_text(*decode_base64url(encode_base64url(bytes))) == text);
  INVARIANT(as_text(*decode_base64(encode_base64(bytes))) == text);
  INVARIANT(as_text(*decode_base32(encode_base32(bytes))) == text);
  // People type IDs: several spellings, one meaning.
  if (const auto id = TransferId::parse(text)) {
    INVARIANT(id->text().size() == 26 && *TransferId::parse(id->text()) == *id);
  }
  if (const auto time = parse_rfc3339(text)) INVARIANT(to_rfc3339(*time) == text);
  if (bytes.size() >= 8) {
    Buffer out;
    append_integer(out, read_integer(bytes.first(8)), 8);
    INVARIANT(as_text(out) == text.substr(0, 8));
  }
  static_cast<void>(is_utf8(text));
  const std::string_view inside = without_blanks(text);
  INVARIANT(without_blanks(inside) == inside && text.find(inside) != std::string_view::npos);
  if (!inside.empty() && is_letter_or_digit(inside[0]))
    INVARIANT(!has_control(inside.substr(0, 1)));
}

}  // namespace couvert

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  couvert::fuzz({reinterpret_cast<const char*>(data), size});
  return 0;
}
