#include "crypto/text_form.h"

#include <unicode/unorm2.h>
#include <unicode/ustring.h>

#include <algorithm>
#include <vector>

#include "base/bytes.h"
#include "base/secret.h"

namespace couvert {
namespace {

constexpr std::size_t text_bytes_max = 64 * 1024;
// What one UTF-16 unit can become: U+FDFA has 18 units in NFKC_Casefold, three at most in NFC.
constexpr std::size_t growth_max = 18;

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

tl::unexpected<Error> no_form() {
  return fail(ErrorCode::invalid, "a text has no such form");
}

Result<std::string> in_form(const UNormalizer2* form, std::string_view text, std::size_t growth) {
  if (text.size() > text_bytes_max) return fail(ErrorCode::invalid, "a text is too long");
  if (!is_utf8(text)) return fail(ErrorCode::invalid, "a text is not UTF-8");

  // UTF-16 has no more units than UTF-8 has bytes.
  UErrorCode status = U_ZERO_ERROR;
  WipedText plain(text.size() + 1);
  std::int32_t plain_units = 0;
  u_strFromUTF8(plain.data(), plain.size(), &plain_units, text.data(),
                static_cast<std::int32_t>(text.size()), &status);
  if (U_FAILURE(status)) return no_form();

  WipedText formed(growth * text.size() + 1);
  const std::int32_t units =
      unorm2_normalize(form, plain.data(), plain_units, formed.data(), formed.size(), &status);
  if (U_FAILURE(status)) return no_form();

  std::string out(3 * static_cast<std::size_t>(units) + 1, '\0');
  std::int32_t out_bytes = 0;
  u_strToUTF8(out.data(), static_cast<std::int32_t>(out.size()), &out_bytes, formed.data(), units,
              &status);
  if (U_FAILURE(status)) return no_form();
  out.resize(static_cast<std::size_t>(out_bytes));
  return out;
}

}  // namespace

Result<std::string> normal_form(std::string_view text) {
  UErrorCode status = U_ZERO_ERROR;
  const UNormalizer2* form = unorm2_getNFCInstance(&status);
  INVARIANT(U_SUCCESS(status));
  return in_form(form, text, 3);
}

Result<std::string> folded_name(std::string_view name) {
  const auto is_ascii = [](char c) { return static_cast<unsigned char>(c) < 0x80; };
  if (name.size() <= text_bytes_max && std::ranges::all_of(name, is_ascii)) {
    std::string folded(name);  // the usual case, without ICU
    for (char& c : folded) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    return folded;
  }
  UErrorCode status = U_ZERO_ERROR;
  const UNormalizer2* form = unorm2_getNFKCCasefoldInstance(&status);
  INVARIANT(U_SUCCESS(status));
  return in_form(form, name, growth_max);
}

}  // namespace couvert
