#include "sealing/spelling.h"

#include <algorithm>
#include <charconv>

#include "base/secret.h"

namespace couvert {
namespace {

// The characters that JSON.stringify writes as a backslash and a letter, and these letters.
constexpr std::string_view short_codes = "\b\t\n\f\r\"\\";
constexpr std::string_view short_names = "btnfr\"\\";

}  // namespace

bool is_text(std::string_view text, std::size_t bytes_max) {
  return text.size() <= bytes_max && text.find('\0') == std::string_view::npos && is_utf8(text);
}

void put_text(std::string& out, std::string_view text) {
  static constexpr char digits[] = "0123456789abcdef";
  out += '"';
  for (const char c : text) {
    const std::size_t found = short_codes.find(c);
    if (found != std::string_view::npos) {
      out += '\\';
      out += short_names[found];
    } else if (static_cast<unsigned char>(c) < 0x20) {
      out += "\\u00";
      out += digits[c >> 4];
      out += digits[c & 15];
    } else {
      out += c;
    }
  }
  out += '"';
}

bool SpellingReader::skip(std::string_view literal) {
  if (!rest_.starts_with(literal)) return false;
  rest_.remove_prefix(literal.size());
  return true;
}

std::uint64_t SpellingReader::number(std::string_view name, std::uint64_t max) {
  expect(name);
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(rest_.data(), rest_.data() + rest_.size(), value);
  const auto digits = static_cast<std::size_t>(end - rest_.data());
  good_ &= error == std::errc() && value <= max && (digits == 1 || !rest_.starts_with('0'));
  rest_.remove_prefix(digits);
  return value;
}

std::string SpellingReader::text(std::string_view name, std::size_t bytes_max) {
  expect(name);
  expect("\"");
  std::string out;
  while (good_) {
    const std::size_t plain = plain_bytes();
    good_ = plain < rest_.size() && out.size() + plain <= bytes_max;
    if (!good_) break;
    out.append(rest_.substr(0, plain));
    rest_.remove_prefix(plain);
    if (skip("\"")) break;
    out += escaped();
  }
  return out;
}

Buffer SpellingReader::hex(std::string_view name, std::size_t bytes) {
  Result<Buffer> read = decode_hex(text(name, 2 * bytes));
  good_ &= read && read->size() == bytes;
  return good_ ? std::move(*read) : Buffer(bytes);
}

void SpellingReader::base64url(std::string_view name, MutableBytes out) {
  std::string written = text(name, (out.size() * 4 + 2) / 3);
  Result<Buffer> read = decode_base64url(written);
  wipe(written);
  good_ &= read && read->size() == out.size();
  if (!good_) return;
  std::copy(read->begin(), read->end(), out.begin());
  wipe(*read);
}

// How many bytes stand before the next quotation mark, backslash or control character.
std::size_t SpellingReader::plain_bytes() const {
  const auto is_special = [](char c) {
    return c == '"' || c == '\\' || static_cast<unsigned char>(c) < 0x20;
  };
  const auto special = std::ranges::find_if(rest_, is_special);
  return static_cast<std::size_t>(special - rest_.begin());
}

// The character behind a backslash, or `\u` and four digits for one that has no short form.
char SpellingReader::escaped() {
  expect("\\");
  const std::size_t found = rest_.empty() ? short_names.npos : short_names.find(rest_[0]);
  if (found != short_names.npos) {
    rest_.remove_prefix(1);
    return short_codes[found];
  }
  expect("u00");
  const Result<Buffer> code = decode_hex(rest_.substr(0, 2));
  good_ &= code && code->size() == 1;
  if (!good_) return 0;
  rest_.remove_prefix(2);
  const char c = static_cast<char>(code->front());
  good_ = static_cast<unsigned char>(c) < 0x20 && short_codes.find(c) == short_codes.npos;
  return c;
}

}  // namespace couvert
