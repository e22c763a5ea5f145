#include "crypto/argon2.h"

#include <sodium.h>

#include "base/limits.h"
#include "crypto/text_form.h"

namespace couvert {
Result<> check_argon2(const Argon2Parameters& parameters) {
  if (parameters.memory_kib < argon2_memory_kib_min ||
      parameters.memory_kib > argon2_memory_kib_max) {
    return fail(ErrorCode::invalid, "Argon2 memory out of bounds");
  }
  if (parameters.passes < 1 || parameters.passes > argon2_passes_max) {
    return fail(ErrorCode::invalid, "Argon2 passes out of bounds");
  }
  if (parameters.lanes != 1) return fail(ErrorCode::invalid, "Argon2 lanes out of bounds");
  return {};
}

Result<Secret<32>> password_secret(std::string_view password, const Argon2Parameters& parameters) {
  const Result<> bounds = check_argon2(parameters);
  if (!bounds) return pass(bounds);
  if (password.size() > password_typed_bytes_max) {
    return fail(ErrorCode::invalid, "a password is too long");
  }
  Result<std::string> normal = normal_form(password);
  if (!normal) return pass(normal);
  if (normal->empty() || normal->size() > limits::password_bytes_max) {
    wipe(*normal);
    return fail(ErrorCode::invalid, "a password has 1 to 1024 bytes");
  }

  INVARIANT(sodium_init() >= 0);  // does its work once, from whichever thread comes first
  Secret<32> secret;
  const auto out = secret.fill();
  const int failed = crypto_pwhash(
      reinterpret_cast<unsigned char*>(out.data()), out.size(), normal->data(), normal->size(),
      reinterpret_cast<const unsigned char*>(parameters.salt.data()), parameters.passes,
      std::size_t{parameters.memory_kib} * 1024, crypto_pwhash_ALG_ARGON2ID13);
  wipe(*normal);
  if (failed != 0) return fail(ErrorCode::unavailable, "no memory for Argon2");
  return secret;
}

}  // namespace couvert
