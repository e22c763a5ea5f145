#include "base/bytes.h"

#include <algorithm>
#include <array>

namespace couvert {
namespace {

constexpr std::string_view base64url_digits =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
constexpr std::string_view base64_digits =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::string_view base32_digits = "abcdefghijklmnopqrstuvwxyz234567";

// Both alphabets are powers of two, so one coder serves them: `width` bits a digit.
std::string encode(Bytes bytes, std::string_view digits, unsigned width) {
  std::string out;
  out.reserve((bytes.size() * 8 + width - 1) / width);
  unsigned held = 0;
  unsigned bits = 0;
  for (const std::byte byte : bytes) {
    held = (held << 8) | std::to_integer<unsigned>(byte);
    bits += 8;
    while (bits >= width) {
      bits -= width;
      out += digits[(held >> bits) & ((1U << width) - 1)];
    }
    held &= (1U << bits) - 1;
  }
  if (bits > 0) out += digits[(held << (width - bits)) & ((1U << width) - 1)];
  return out;
}

Result<Buffer> decode(std::string_view text, std::string_view digits, unsigned width) {
  Buffer out;
  out.reserve(text.size() * width / 8);
  unsigned held = 0;
  unsigned bits = 0;
  for (const char c : text) {
    const std::size_t value = digits.find(c);
    if (value == std::string_view::npos) return fail(ErrorCode::invalid, "a foreign character");
    held = (held << width) | static_cast<unsigned>(value);
    bits += width;
    if (bits >= 8) {
      bits -= 8;
      out.push_back(static_cast<std::byte>((held >> bits) & 0xff));
    }
    held &= (1U << bits) - 1;
  }
  // One spelling only: the rest is shorter than a digit, and zero.
  if (bits >= width || held != 0) return fail(ErrorCode::invalid, "an impossible length or rest");
  return out;
}

// How many bytes the UTF-8 sequence at the head of `text` has; 0 where it is malformed.
std::size_t sequence_length(std::string_view text) {
  const auto at = [&text](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char lead = at(0);
  if (lead < 0x80) return 1;
  const std::size_t length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
  if (lead < 0xc2 || lead > 0xf4 || text.size() < length) return 0;
  for (std::size_t i = 1; i < length; ++i) {
    if ((at(i) & 0xc0) != 0x80) return 0;
  }
  // The second byte excludes long forms, surrogates and what lies past U+10FFFF.
  if (lead == 0xe0 && at(1) < 0xa0) return 0;
  if (lead == 0xed && at(1) > 0x9f) return 0;
  if (lead == 0xf0 && at(1) < 0x90) return 0;
  if (lead == 0xf4 && at(1) > 0x8f) return 0;
  return length;
}

}  // namespace

Bytes as_bytes(std::string_view text) {
  return std::as_bytes(std::span<const char>(text.data(), text.size()));
}

std::string_view as_text(Bytes bytes) {
  return std::string_view(reinterpret_cast<const char*>(bytes.data()), bytes.size());
}

void append(Buffer& out, Bytes bytes) {
  out.insert(out.end(), bytes.begin(), bytes.end());
}

void append_integer(Buffer& out, std::uint64_t value, std::size_t width) {
  INVARIANT(width >= 1 && width <= 8);
  INVARIANT(width == 8 || (value >> (8 * width)) == 0);
  for (std::size_t i = width; i-- > 0;) {
    out.push_back(static_cast<std::byte>((value >> (8 * i)) & 0xff));
  }
}

std::uint64_t read_integer(Bytes bytes) {
  INVARIANT(!bytes.empty() && bytes.size() <= 8);
  std::uint64_t value = 0;
  for (const std::byte byte : bytes) value = (value << 8) | std::to_integer<std::uint64_t>(byte);
  return value;
}

std::string encode_hex(Bytes bytes) {
  return encode(bytes, "0123456789abcdef", 4);
}

Result<Buffer> decode_hex(std::string_view text) {
  if (text.size() % 2 != 0) return fail(ErrorCode::invalid, "hexadecimal comes in pairs");
  return decode(text, "0123456789abcdef", 4);
}

std::string encode_base64url(Bytes bytes) {
  return encode(bytes, base64url_digits, 6);
}

Result<Buffer> decode_base64url(std::string_view text) {
  return decode(text, base64url_digits, 6);
}

std::string encode_base32(Bytes bytes) {
  return encode(bytes, base32_digits, 5);
}

Result<Buffer> decode_base32(std::string_view text) {
  std::string plain;
  plain.reserve(text.size());
  for (const char c : text) {
    if (c == ' ' || c == '-') continue;
    plain += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  }
  return decode(plain, base32_digits, 5);
}

std::string encode_base64(Bytes bytes) {
  std::string out = encode(bytes, base64_digits, 6);
  while (out.size() % 4 != 0) out += '=';
  return out;
}

Result<Buffer> decode_base64(std::string_view text) {
  if (text.size() % 4 != 0) return fail(ErrorCode::invalid, "base64 comes in fours");
  for (int i = 0; i < 2 && text.ends_with('='); ++i) text.remove_suffix(1);
  return decode(text, base64_digits, 6);
}

std::string_view without_blanks(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
}

bool is_letter_or_digit(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool has_control(std::string_view text) {
  return std::ranges::any_of(
      text, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
}

bool is_utf8(std::string_view text) {
  while (!text.empty()) {
    const std::size_t length = sequence_length(text);
    if (length == 0) return false;
    text.remove_prefix(length);
  }
  return true;
}

}  // namespace couvert
