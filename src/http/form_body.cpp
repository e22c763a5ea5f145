#include "http/form_body.h"

#include <optional>

#include "base/bytes.h"

namespace couvert {
namespace {

constexpr std::string_view json_field = "json=";

bool stands_for_itself(char c) {
  return is_letter_or_digit(c) || c == '*' || c == '-' || c == '.' || c == '_';
}

std::optional<int> hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return std::nullopt;
}

// The byte that "%2F" stands for; none where it could have been written shorter.
std::optional<char> escaped(std::string_view three) {
  if (three.size() < 3) return std::nullopt;
  const std::optional<int> high = hex_digit(three[1]);
  const std::optional<int> low = hex_digit(three[2]);
  if (!high || !low) return std::nullopt;
  const char byte = static_cast<char>(*high * 16 + *low);
  if (byte == ' ' || stands_for_itself(byte)) return std::nullopt;
  return byte;
}

}  // namespace

Result<std::string> read_form_json(std::string_view body) {
  if (!body.starts_with(json_field)) return fail(ErrorCode::invalid, "another form");
  body.remove_prefix(json_field.size());
  std::string text;
  text.reserve(body.size());
  while (!body.empty()) {
    const char c = body.front();
    std::size_t taken = 1;
    if (c == '+') {
      text += ' ';
    } else if (stands_for_itself(c)) {
      text += c;
    } else {
      const std::optional<char> byte = c == '%' ? escaped(body) : std::nullopt;
      if (!byte) return fail(ErrorCode::invalid, "not as a form is written");
      text += *byte;
      taken = 3;
    }
    body.remove_prefix(taken);
  }
  return text;
}

}  // namespace couvert
