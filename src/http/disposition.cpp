#include "http/disposition.h"

#include <algorithm>

#include "base/bytes.h"

namespace couvert {
namespace {

constexpr std::string_view forbidden = "\\/:*?\"<>|";
constexpr std::string_view fallback_name = "download";
constexpr std::string_view attr_signs = "!#$&+-.^_`|~";  // RFC 8187 section 3.2.1

// The last part of the path, without what would mean something to a file system.
std::string safe_name(std::string_view name) {
  std::string out(name.substr(name.rfind('/') + 1));
  for (char& c : out) {
    const bool control = static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
    if (control || forbidden.find(c) != std::string_view::npos) c = '_';
  }
  if (out.starts_with('.')) out[0] = '_';
  while (out.ends_with('.') || out.ends_with(' ')) out.pop_back();
  return out.empty() || !is_utf8(out) ? std::string(fallback_name) : out;
}

std::string ascii_name(const std::string& name) {
  std::string out;
  for (const char c : name) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x80) {
      out += c == '%' ? '_' : c;  // some readers decode percent signs here, too
    } else if (byte >= 0xc0) {
      out += '_';  // once for each character
    }
  }
  return out;
}

std::string percent_encoded(const std::string& name) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  std::string out;
  for (const char c : name) {
    const auto byte = static_cast<unsigned char>(c);
    if (is_letter_or_digit(c) || attr_signs.find(c) != std::string_view::npos) {
      out += c;
    } else {
      out += '%';
      out += digits[byte >> 4];
      out += digits[byte & 0xf];
    }
  }
  return out;
}

}  // namespace

std::string attachment(std::string_view name) {
  const std::string safe = safe_name(name);
  return "attachment; filename=\"" + ascii_name(safe) + "\"; filename*=UTF-8''" +
         percent_encoded(safe);
}

}  // namespace couvert
