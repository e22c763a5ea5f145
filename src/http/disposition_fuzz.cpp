// Fuzzes the names of downloads: whatever a file is called, the field is one field, and the name in
// it one name.
//
// parser: src/http/disposition.cpp
#include <algorithm>

#include "base/bytes.h"
#include "http/disposition.h"

namespace couvert {
namespace {

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

std::string decoded(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out += text[i];
      continue;
    }
    INVARIANT(i + 2 < text.size() && hex_value(text[i + 1]) >= 0 && hex_value(text[i + 2]) >= 0);
    out += static_cast<char>(hex_value(text[i + 1]) * 16 + hex_value(text[i + 2]));
    i += 2;
  }
  return out;
}

}  // namespace

void fuzz(std::string_view name) {
  constexpr std::string_view begin = "attachment; filename=\"";
  constexpr std::string_view between = "\"; filename*=UTF-8''";
  const std::string field = attachment(name);
  INVARIANT(std::ranges::all_of(field, [](char c) { return c >= ' ' && c <= '~'; }));
  INVARIANT(field.starts_with(begin) && std::ranges::count(field, '"') == 2);
  const std::size_t middle = field.find(between);
  INVARIANT(middle != std::string::npos);
  const std::string plain = field.substr(begin.size(), middle - begin.size());
  const std::string full = decoded(std::string_view(field).substr(middle + between.size()));
  INVARIANT(!plain.empty() && plain.find_first_of("\\/%") == std::string::npos);
  INVARIANT(!full.empty() && is_utf8(full) && full != "." && full != "..");
  INVARIANT(full.find_first_of(std::string_view("\\/\"\r\n\0", 6)) == std::string::npos);
}

}  // namespace couvert

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  couvert::fuzz({reinterpret_cast<const char*>(data), size});
  return 0;
}
