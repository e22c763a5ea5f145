#include "domain/pattern.h"

#include <re2/re2.h>

#include "base/bytes.h"
#include "base/limits.h"

namespace couvert {
namespace {

constexpr std::int64_t expression_memory_max = 256 * 1024;  // of one compiled

// A star stands for any run of characters: the last one seen takes one more where nothing fits.
bool matches_stars(std::string_view stars, std::string_view text) {
  std::size_t at = 0;
  std::size_t next = 0;
  std::size_t star = std::string_view::npos;
  std::size_t taken = 0;
  while (at < text.size()) {
    if (next < stars.size() && stars[next] == '*') {
      star = next++;
      taken = at;
    } else if (next < stars.size() && stars[next] == text[at]) {
      ++next;
      ++at;
    } else if (star != std::string_view::npos) {
      next = star + 1;
      at = ++taken;
    } else {
      return false;
    }
  }
  return stars.find_first_not_of('*', next) == std::string_view::npos;
}

}  // namespace

Result<AddressPattern> AddressPattern::parse(std::string_view typed) {
  const std::string_view text = without_blanks(typed);
  if (text.size() > limits::pattern_bytes_max) {
    return fail(ErrorCode::invalid, "a pattern is too long");
  }
  if (text.size() >= 3 && text.front() == '/' && text.back() == '/') return parse_expression(text);
  const std::size_t at = text.rfind('@');
  AddressPattern pattern;
  pattern.text_ = pattern.local_ = "*";
  if (text == "*" || text == "*@*") return pattern;
  if (at == std::string_view::npos) {
    return fail(
        ErrorCode::invalid,
        "a pattern is an address, *@domain, *@*.domain, stars before the @, *, or a regular "
        "expression between slashes");
  }
  std::string_view domain = text.substr(at + 1);
  pattern.kind_ = domain.starts_with("*.") ? Domain::below : Domain::exact;
  if (pattern.kind_ == Domain::below) domain.remove_prefix(2);
  if (domain == "*") pattern.kind_ = Domain::any;
  // A star is legal in a local part, so that the whole reads as an address.
  const std::string_view example = pattern.kind_ == Domain::any ? "example.org" : domain;
  const std::string whole = std::string(text.substr(0, at + 1)).append(example);
  const Result<Address> address = parse_address(whole);
  if (!address) return pass(address);
  pattern.local_ = address->local_part();
  switch (pattern.kind_) {
    case Domain::any:
      pattern.text_ = pattern.local_ + "@*";
      break;
    case Domain::below:
      pattern.domain_ = "." + std::string(address->domain());
      pattern.text_ = pattern.local_ + "@*" + pattern.domain_;
      break;
    case Domain::exact:
      pattern.domain_ = address->domain();
      pattern.text_ = address->text;
      break;
  }
  return pattern;
}

Result<AddressPattern> AddressPattern::parse_expression(std::string_view text) {
  re2::RE2::Options options;
  options.set_log_errors(false);
  options.set_case_sensitive(false);
  options.set_max_mem(expression_memory_max);
  const std::string_view inside = text.substr(1, text.size() - 2);
  const auto made =
      std::make_shared<const re2::RE2>(re2::StringPiece(inside.data(), inside.size()), options);
  if (!made->ok()) return fail(ErrorCode::invalid, "no regular expression: " + made->error());
  AddressPattern pattern;
  pattern.text_ = text;
  pattern.expression_ = made;
  return pattern;
}

bool AddressPattern::matches(const Address& address) const {
  if (expression_) return re2::RE2::FullMatch(address.text, *expression_);
  const std::string_view domain = address.domain();
  if (kind_ == Domain::exact && domain != domain_) return false;
  const bool is_below = domain.size() > domain_.size() && domain.ends_with(domain_);
  if (kind_ == Domain::below && !is_below) return false;
  return matches_stars(local_, address.local_part());
}

}  // namespace couvert
