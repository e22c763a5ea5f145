#include "domain/address.h"

#include <unicode/idna.h>
#include <unicode/locid.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>

#include <memory>

#include "base/bytes.h"
#include "base/limits.h"

namespace couvert {
namespace {

constexpr std::size_t local_bytes_max = 64;  // RFC 5321 section 4.5.3.1.1
constexpr std::string_view atext_signs = "!#$%&'*+-/=?^_`{|}~";

bool is_atext(char c) {
  const auto code = static_cast<unsigned char>(c);
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         code >= 0x80 || atext_signs.find(c) != std::string_view::npos;
}

// dot-atom of RFC 5322 section 3.2.3, with UTF-8 (RFC 6532).
bool is_local_part(std::string_view text) {
  if (text.empty() || text.size() > local_bytes_max) return false;
  if (text.front() == '.' || text.back() == '.') return false;
  if (text.find("..") != std::string_view::npos || !is_utf8(text)) return false;
  for (const char c : text) {
    if (c != '.' && !is_atext(c)) return false;
  }
  // Controls, invisible and bidirectional signs have no place in an address.
  const icu::UnicodeString wide =
      icu::UnicodeString::fromUTF8(icu::StringPiece(text.data(), static_cast<int>(text.size())));
  for (int i = 0; i < wide.length(); i = wide.moveIndex32(i, 1)) {
    const auto type = u_charType(wide.char32At(i));
    if (type == U_CONTROL_CHAR || type == U_FORMAT_CHAR || type == U_SPACE_SEPARATOR ||
        type == U_LINE_SEPARATOR || type == U_PARAGRAPH_SEPARATOR || type == U_UNASSIGNED) {
      return false;
    }
  }
  return true;
}

// Domain names of letters, digits and hyphens with at least one dot; international ones as
// A-labels.
Result<std::string> canonical_domain(std::string_view text) {
  UErrorCode status = U_ZERO_ERROR;
  const std::unique_ptr<icu::IDNA> idna(
      icu::IDNA::createUTS46Instance(UIDNA_USE_STD3_RULES | UIDNA_CHECK_BIDI |
                                         UIDNA_CHECK_CONTEXTJ | UIDNA_NONTRANSITIONAL_TO_ASCII,
                                     status));
  INVARIANT(U_SUCCESS(status));
  std::string out;
  icu::StringByteSink<std::string> sink(&out);
  icu::IDNAInfo info;
  idna->nameToASCII_UTF8(icu::StringPiece(text.data(), static_cast<int>(text.size())), sink, info,
                         status);
  if (U_FAILURE(status) || info.hasErrors()) {
    return fail(ErrorCode::invalid, "the domain of an address is malformed");
  }
  const std::size_t dot = out.rfind('.');
  if (dot == std::string::npos || dot == 0 || dot + 2 >= out.size()) {
    return fail(ErrorCode::invalid, "the domain of an address needs a dot");
  }
  // A top-level domain is never a number: 1.2.3.4 is no domain.
  if (out.find_first_not_of("0123456789", dot + 1) == std::string::npos) {
    return fail(ErrorCode::invalid, "the domain of an address is a number");
  }
  return out;
}

std::string to_lower(std::string_view text) {
  icu::UnicodeString wide =
      icu::UnicodeString::fromUTF8(icu::StringPiece(text.data(), static_cast<int>(text.size())));
  wide.toLower(icu::Locale::getRoot());
  std::string out;
  wide.toUTF8String(out);
  return out;
}

}  // namespace

std::string_view Address::local_part() const {
  return std::string_view(text).substr(0, text.rfind('@'));
}

std::string_view Address::domain() const {
  return std::string_view(text).substr(text.rfind('@') + 1);
}

Result<Address> parse_address(std::string_view typed) {
  const std::string_view text = without_blanks(typed);
  if (text.size() > limits::address_bytes_max) {
    return fail(ErrorCode::invalid, "an address is too long");
  }
  const std::size_t at = text.rfind('@');
  if (at == std::string_view::npos || !is_local_part(text.substr(0, at))) {
    return fail(ErrorCode::invalid, "the local part of an address is malformed");
  }
  const Result<std::string> domain = canonical_domain(text.substr(at + 1));
  if (!domain) return pass(domain);
  std::string local = to_lower(text.substr(0, at));
  if (local.size() > local_bytes_max ||
      local.size() + 1 + domain->size() > limits::address_bytes_max) {
    return fail(ErrorCode::invalid, "an address is too long");
  }
  return Address{local + "@" + *domain};
}

}  // namespace couvert
