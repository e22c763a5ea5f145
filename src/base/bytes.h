// Bytes and their spellings: hex, base64url, base32, big-endian integers.
//
// Each decoder takes one spelling only (canonical, no padding, no stray bits); decode_base32 alone
// is lenient where people type: case, spaces and hyphens do not matter.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace couvert {

using Bytes = std::span<const std::byte>;
using MutableBytes = std::span<std::byte>;
using Buffer = std::vector<std::byte>;

/// The bytes of a text, as they are. Lifetime: that of `text`.
Bytes as_bytes(std::string_view text);
/// The bytes seen as text, as they are. Lifetime: that of `bytes`.
std::string_view as_text(Bytes bytes);

/// Appends `bytes` to `out`.
void append(Buffer& out, Bytes bytes);
/// Appends `value` to `out`, big-endian, in `width` bytes (1 to 8). The value must fit.
void append_integer(Buffer& out, std::uint64_t value, std::size_t width);
/// Reads a big-endian integer of 1 to 8 bytes.
std::uint64_t read_integer(Bytes bytes);

/// Lower-case hexadecimal.
std::string encode_hex(Bytes bytes);
/// Errors: `invalid` for anything but pairs of lower-case hexadecimal digits.
Result<Buffer> decode_hex(std::string_view text);

/// RFC 4648 section 5, without padding.
std::string encode_base64url(Bytes bytes);
/// Errors: `invalid` for padding, foreign characters, impossible lengths and non-zero rest bits.
Result<Buffer> decode_base64url(std::string_view text);

/// RFC 4648 section 6 in lower case, without padding.
std::string encode_base32(Bytes bytes);
/// Reads what a person typed: ignores case, spaces and hyphens.
/// Errors: `invalid` for foreign characters, impossible lengths and non-zero rest bits.
Result<Buffer> decode_base32(std::string_view text);

/// Standard base64 with padding, as in MIME and HTTP headers (RFC 4648 section 4).
std::string encode_base64(Bytes bytes);
/// Errors: `invalid` for missing padding, foreign characters and non-zero rest bits.
Result<Buffer> decode_base64(std::string_view text);

/// Without the blanks and line breaks at its ends.
std::string_view without_blanks(std::string_view text);
/// An ASCII letter or digit.
bool is_letter_or_digit(char c);
/// Whether there is a control character of ASCII in it.
bool has_control(std::string_view text);

/// Whether `text` is valid UTF-8 (RFC 3629): shortest forms only, no surrogates, up to U+10FFFF.
bool is_utf8(std::string_view text);

}  // namespace couvert
