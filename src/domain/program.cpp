#include "domain/program.h"

#include <algorithm>

namespace couvert {
namespace {

constexpr std::string_view user_code_alphabet = "BCDFGHJKLMNPQRSTVWXZ";
constexpr std::size_t typed_bytes_max = 64;

}  // namespace

std::string_view name_of(Scope scope) {
  switch (scope) {
    case Scope::send:
      return "send";
    case Scope::sent:
      return "sent";
    case Scope::receive:
      return "receive";
    case Scope::quick:
      return "quick";
    case Scope::account:
      return "account";
    case Scope::verify:
      return "verify";
  }
  return "";
}

std::string write_scopes(const Scopes& scopes) {
  std::string text;
  for (const Scope scope : scopes) {
    if (!text.empty()) text += ' ';
    text += name_of(scope);
  }
  return text;
}

Result<Scopes> parse_scopes(std::string_view text) {
  Scopes scopes;
  std::string_view rest = text;
  while (!rest.empty()) {
    const std::string_view word = rest.substr(0, rest.find(' '));
    rest.remove_prefix(std::min(word.size() + 1, rest.size()));
    const auto known =
        std::ranges::find_if(given_scopes, [&](Scope scope) { return name_of(scope) == word; });
    if (known == given_scopes.end()) return fail(ErrorCode::invalid, "no such scope");
    scopes.insert(*known);
  }
  if (scopes.empty() || write_scopes(scopes) != text) return fail(ErrorCode::invalid, "scopes");
  return scopes;
}

std::string make_user_code(Random& random) {
  std::string code;
  // Bytes past the last whole multiple of the alphabet would favour its first letters.
  const std::size_t fair_end = 256 - 256 % user_code_alphabet.size();
  while (code.size() < limits::user_code_characters) {
    const auto byte = std::to_integer<std::size_t>(random.bytes<1>()[0]);
    if (byte < fair_end) code += user_code_alphabet[byte % user_code_alphabet.size()];
  }
  return code;
}

std::string show_user_code(std::string_view code) {
  const std::size_t half = code.size() / 2;
  return std::string(code.substr(0, half)) + "-" + std::string(code.substr(half));
}

Result<std::string> parse_user_code(std::string_view typed) {
  std::string code;
  for (const char c : typed.substr(0, typed_bytes_max)) {
    if (c == ' ' || c == '-' || c == '\t' || c == '\r' || c == '\n') continue;
    code += c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  }
  const bool known = std::ranges::all_of(
      code, [](char c) { return user_code_alphabet.find(c) != std::string_view::npos; });
  if (typed.size() > typed_bytes_max || code.size() != limits::user_code_characters || !known) {
    return fail(ErrorCode::invalid, "no such code");
  }
  return code;
}

}  // namespace couvert
