// The few ways in which secret bytes enter and leave a Secret.
//
// Who calls these keeps the other side short-lived: a buffer that is sealed in place, a cookie that
// is on its way out.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/secret.h"
#include "crypto/hash.h"

namespace couvert {

/// Writes a secret into a buffer that is about to be sealed in place.
template <std::size_t Size>
void copy_secret(const Secret<Size>& from, std::span<std::byte, Size> to) {
  const auto bytes = from.expose();
  std::copy(bytes.begin(), bytes.end(), to.begin());
}

/// Moves bytes into a Secret: `from` is wiped.
template <std::size_t Size>
Secret<Size> take_secret(std::span<std::byte, Size> from) {
  Secret<Size> secret;
  std::copy(from.begin(), from.end(), secret.fill().begin());
  wipe(from);
  return secret;
}

/// base64url without padding. The caller wipes the text when it has gone out.
template <std::size_t Size>
std::string secret_to_base64url(const Secret<Size>& secret) {
  return encode_base64url(secret.expose());
}

/// Lower-case hexadecimal. The caller wipes the text when it has gone out.
template <std::size_t Size>
std::string secret_to_hex(const Secret<Size>& secret) {
  return encode_hex(secret.expose());
}

/// Lower-case base32, as people read it. The caller wipes the text when it has gone out.
template <std::size_t Size>
std::string secret_to_base32(const Secret<Size>& secret) {
  return encode_base32(secret.expose());
}

/// Reads what secret_to_base32() wrote or a person typed: case, spaces and hyphens do not matter.
/// Errors: `invalid`, also for another length.
template <std::size_t Size>
Result<Secret<Size>> secret_from_base32(std::string_view text) {
  if (text.size() > Size * 4) return fail(ErrorCode::invalid, "a secret is too long");
  Result<Buffer> bytes = decode_base32(text);
  if (!bytes) return pass(bytes);
  if (bytes->size() != Size) {
    wipe(*bytes);
    return fail(ErrorCode::invalid, "a secret of another length");
  }
  return take_secret<Size>(std::span<std::byte, Size>(bytes->data(), Size));
}

/// Reads what secret_to_base64url() wrote. Errors: `invalid`, also for another length.
template <std::size_t Size>
Result<Secret<Size>> secret_from_base64url(std::string_view text) {
  if (text.size() > Size * 2) return fail(ErrorCode::invalid, "a secret is too long");
  Result<Buffer> bytes = decode_base64url(text);
  if (!bytes) return pass(bytes);
  if (bytes->size() != Size) {
    wipe(*bytes);
    return fail(ErrorCode::invalid, "a secret of another length");
  }
  return take_secret<Size>(std::span<std::byte, Size>(bytes->data(), Size));
}

/// Reads what secret_to_hex() wrote. Errors: `invalid`, also for another length.
template <std::size_t Size>
Result<Secret<Size>> secret_from_hex(std::string_view text) {
  if (text.size() != Size * 2) return fail(ErrorCode::invalid, "a secret of another length");
  Result<Buffer> bytes = decode_hex(text);
  if (!bytes) return pass(bytes);
  return take_secret<Size>(std::span<std::byte, Size>(bytes->data(), Size));
}

/// SHA-256 of a random secret: what the database keeps of a session's token.
template <std::size_t Size>
Sha256Digest hash_secret(const Secret<Size>& secret) {
  return sha256(secret.expose());
}

}  // namespace couvert
