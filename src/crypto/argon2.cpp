#include "crypto/argon2.h"

#include <sodium.h>
#include <unicode/unorm2.h>
#include <unicode/ustring.h>

#include "base/limits.h"

namespace couvert {
namespace {

// UTF-16 on its way through ICU, wiped when it goes.
class WipedText {
 public:
  explicit WipedText(std::size_t units) : units_(units) {}
  ~WipedText() { wipe(std::as_writable_bytes(std::span(units_))); }
  WipedText(const WipedText&) = delete;
  WipedText& operator=(const WipedText&) = delete;

  UChar* data() { return units_.data(); }
  std::int32_t size() const { return static_cast<std::int32_t>(units_.size()); }

 private:
  std::vector<UChar> units_;
};

tl::unexpected<Error> no_normal_form() {
  return fail(ErrorCode::invalid, "a password has no normal form");
}

}  // namespace

Result<std::string> normalise_password(std::string_view text) {
  if (text.size() > password_typed_bytes_max) {
    return fail(ErrorCode::invalid, "a password is too long");
  }
  if (!is_utf8(text)) return fail(ErrorCode::invalid, "a password is not UTF-8");

  // UTF-16 has no more units than UTF-8 has bytes; NFC grows it threefold at most.
  UErrorCode status = U_ZERO_ERROR;
  WipedText typed(text.size() + 1);
  std::int32_t typed_units = 0;
  u_strFromUTF8(typed.data(), typed.size(), &typed_units, text.data(),
                static_cast<std::int32_t>(text.size()), &status);
  if (U_FAILURE(status)) return no_normal_form();

  const UNormalizer2* form = unorm2_getNFCInstance(&status);
  WipedText normal(3 * text.size() + 1);
  const std::int32_t normal_units =
      unorm2_normalize(form, typed.data(), typed_units, normal.data(), normal.size(), &status);
  if (U_FAILURE(status)) return no_normal_form();

  std::string out(3 * static_cast<std::size_t>(normal_units) + 1, '\0');
  std::int32_t out_bytes = 0;
  u_strToUTF8(out.data(), static_cast<std::int32_t>(out.size()), &out_bytes, normal.data(),
              normal_units, &status);
  if (U_FAILURE(status)) return no_normal_form();
  out.resize(static_cast<std::size_t>(out_bytes));
  return out;
}

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
  Result<std::string> normal = normalise_password(password);
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
