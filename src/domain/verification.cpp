#include "domain/verification.h"

#include <array>

namespace couvert {
namespace {

// Without 0 o, 1 i l, 2 z, 5 s, 8 b, u v (one of each pair would still be taken for the other).
constexpr std::string_view code_alphabet = "34679acdefghjkmnpqrtwxy";

}  // namespace

std::string_view name_of(CodePurpose purpose) {
  switch (purpose) {
    case CodePurpose::any:
      return "any";
    case CodePurpose::provide:
      return "provide";
    case CodePurpose::sent:
      return "sent";
    case CodePurpose::received:
      return "received";
    case CodePurpose::retrieve:
      return "retrieve";
  }
  return "";
}

Result<CodePurpose> parse_code_purpose(std::string_view text) {
  for (const auto purpose : {CodePurpose::any, CodePurpose::provide, CodePurpose::sent,
                             CodePurpose::received, CodePurpose::retrieve}) {
    if (name_of(purpose) == text) return purpose;
  }
  return fail(ErrorCode::invalid, "no purpose of a code");
}

std::string_view name_of(ClientKind client) {
  return client == ClientKind::program ? "program" : "browser";
}

Result<ClientKind> parse_client_kind(std::string_view text) {
  for (const ClientKind client : {ClientKind::browser, ClientKind::program}) {
    if (name_of(client) == text) return client;
  }
  return fail(ErrorCode::invalid, "no kind of client");
}

std::string make_code(Random& random) {
  std::string code;
  // Bytes past the last whole multiple of the alphabet would favour its first letters.
  const std::size_t fair_end = 256 - 256 % code_alphabet.size();
  while (code.size() < limits::code_characters) {
    const auto byte = std::to_integer<std::size_t>(random.bytes<1>()[0]);
    if (byte < fair_end) code += code_alphabet[byte % code_alphabet.size()];
  }
  return code;
}

std::string normalise_code(std::string_view typed) {
  std::string code;
  for (const char c : typed) {
    if (c == ' ' || c == '-' || c == '\t' || c == '\r' || c == '\n') continue;
    code += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  }
  return code;
}

bool still_holds(const VerificationLimits& limits, Instant used, Instant end, Instant now) {
  return now < end && now < used + limits.idle;
}

}  // namespace couvert
