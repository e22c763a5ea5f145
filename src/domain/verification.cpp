#include "domain/verification.h"

#include <array>

namespace couvert {
namespace {

// Without 0 o, 1 i l, 2 z, 5 s, 8 b, u v (one of each pair would still be taken for the other).
constexpr std::string_view code_alphabet = "34679acdefghjkmnpqrtwxy";

}  // namespace

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
