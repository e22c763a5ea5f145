#include "base/file_name.h"

#include <algorithm>
#include <array>
#include <string>

namespace couvert {
namespace {

constexpr std::size_t ending_bytes_max = 20;

unsigned byte_at(std::string_view text, std::size_t at) {
  return at < text.size() ? static_cast<unsigned char>(text[at]) : 0U;
}

bool is_digit_of_port(std::string_view text) {
  if (text.size() == 1) return text[0] >= '0' && text[0] <= '9';
  return text == "\u00b9" || text == "\u00b2" || text == "\u00b3";
}

}  // namespace

std::size_t hidden_sign_at(std::string_view text) {
  const unsigned first = byte_at(text, 0);
  if (first < 0x20 || first == 0x7f) return 1;
  const unsigned second = byte_at(text, 1);
  if (first == 0xc2 && second >= 0x80 && second < 0xa0) return 2;  // U+0080 to U+009F
  if (first == 0xd8 && second == 0x9c) return 2;                   // U+061C
  const unsigned third = byte_at(text, 2);
  // U+200E, U+200F, U+2028 to U+202E, U+2066 to U+2069
  const bool general = third == 0x8e || third == 0x8f || (third >= 0xa8 && third <= 0xae);
  if (first == 0xe2 && second == 0x80 && general) return 3;
  return first == 0xe2 && second == 0x81 && third >= 0xa6 && third <= 0xa9 ? 3 : 0;
}

bool is_device_name(std::string_view part) {
  static constexpr std::array<std::string_view, 6> devices = {"con", "prn",    "aux",
                                                              "nul", "conin$", "conout$"};
  std::string stem(part.substr(0, part.find('.')));
  while (stem.ends_with(' ')) stem.pop_back();
  for (char& c : stem) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  if (std::ranges::find(devices, stem) != devices.end()) return true;
  const bool is_port = stem.starts_with("com") || stem.starts_with("lpt");
  return is_port && is_digit_of_port(std::string_view(stem).substr(3));
}

std::size_t ending_at(std::string_view part) {
  const std::size_t dot = part.rfind('.');
  const bool has_ending =
      dot != part.npos && dot > 0 && dot + 1 < part.size() && part.size() - dot <= ending_bytes_max;
  return has_ending ? dot : part.size();
}

std::string_view cut_text(std::string_view text, std::size_t bytes_max) {
  if (text.size() <= bytes_max) return text;
  while (bytes_max > 0 && (byte_at(text, bytes_max) & 0xc0) == 0x80) --bytes_max;
  return text.substr(0, bytes_max);
}

}  // namespace couvert
