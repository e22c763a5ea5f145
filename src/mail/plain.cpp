#include "mail/plain.h"

#include <unicode/uchar.h>
#include <unicode/utf8.h>

#include <algorithm>
#include <cstdint>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"

namespace couvert {
namespace {

constexpr std::size_t columns_max = 78;
constexpr char32_t zero_width_non_joiner = 0x200C;
constexpr char32_t zero_width_joiner = 0x200D;
constexpr char32_t braille_blank = 0x2800;

std::u32string decoded(std::string_view text) {
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(text.data());
  std::u32string out;
  std::size_t at = 0;
  while (at < text.size()) {
    UChar32 c = 0;
    U8_NEXT_OR_FFFD(bytes, at, text.size(), c);
    out += static_cast<char32_t>(c);
  }
  return out;
}

void append_character(std::string& out, char32_t c) {
  char bytes[U8_MAX_LENGTH];
  std::size_t length = 0;
  U8_APPEND_UNSAFE(bytes, length, static_cast<std::uint32_t>(c));
  out.append(bytes, length);
}

std::string encoded(std::u32string_view text) {
  std::string out;
  for (const char32_t c : text) append_character(out, c);
  return out;
}

// What may never stand in a mail: controls (but \n and \t) and what draws nothing, which hides or
// turns text. Variation selectors stay: they choose between an emoji and its outline.
bool is_harmful(char32_t c) {
  if (c == '\n' || c == '\t' || (c >= 0xFE00 && c <= 0xFE0F)) return false;
  const auto point = static_cast<UChar32>(c);
  const int kind = u_charType(point);
  return kind == U_CONTROL_CHAR || kind == U_FORMAT_CHAR || kind == U_SURROGATE ||
         U_IS_UNICODE_NONCHAR(point) ||
         u_hasBinaryProperty(point, UCHAR_DEFAULT_IGNORABLE_CODE_POINT) != 0;
}

bool is_break(char32_t c) {
  return c == '\n' || c == '\r' || c == 0x85 || c == 0x2028 || c == 0x2029;
}

bool is_dot(char32_t c) {
  return c == '.' || c == 0x3002 || c == 0xFF0E || c == 0xFF61;
}

bool is_word(char32_t c) {
  return u_isalnum(static_cast<UChar32>(c)) != 0 || c == '-' || c == '_';
}

bool is_digit(char32_t c) {
  return c >= '0' && c <= '9';
}

// Whether a mail program would read text on both sides of `at` as one link.
bool joins_link(std::u32string_view text, std::size_t at) {
  const char32_t c = text[at];
  if (at + 1 >= text.size()) return false;
  const char32_t next = text[at + 1];
  if (c == '@' || c == 0xFF20) return true;
  if (c == ':') return next == '/';
  if (c == '\\') return next == '\\';  // Outlook links names of network shares
  if (!is_dot(c) || at == 0) return false;
  return is_word(text[at - 1]) && is_word(next) && !(is_digit(text[at - 1]) && is_digit(next));
}

// What has to be copied in one piece: a link, or an address as shown_address() leaves it.
bool is_whole(std::u32string_view word) {
  const std::size_t at = word.find(U'@');
  const bool address = at != word.npos && at > 0 && at + 1 < word.size() &&
                       word[at + 1] != zero_width_non_joiner && word.size() <= 256;
  return address || word.starts_with(U"https://") || word.starts_with(U"http://");
}

// Places on a line: what without_links() puts in takes none.
std::size_t columns_of(std::u32string_view text) {
  return text.size() - static_cast<std::size_t>(std::ranges::count(text, zero_width_non_joiner));
}

// The longest beginning of at most so many columns.
std::u32string_view beginning(std::u32string_view text, std::size_t columns) {
  std::size_t end = 0;
  for (std::size_t used = 0; end < text.size(); ++end) {
    if (text[end] != zero_width_non_joiner && used++ == columns) break;
  }
  return text.substr(0, end);
}

// Breaks one line into lines of at most `width` columns.
std::vector<std::u32string> wrap_line(std::u32string_view line, std::size_t width) {
  std::vector<std::u32string> lines(1);
  while (!line.empty()) {
    const std::size_t blanks = std::min(line.find_first_not_of(U' '), line.size());
    const std::size_t end = std::min(line.find(U' ', blanks), line.size());
    std::u32string_view word = line.substr(blanks, end - blanks);
    line.remove_prefix(end);
    if (!lines.back().empty() && columns_of(lines.back()) + blanks + columns_of(word) > width) {
      lines.emplace_back();
    } else {
      lines.back().append(std::min(blanks, width / 2), U' ');
    }
    while (columns_of(lines.back()) + columns_of(word) > width && !is_whole(word)) {
      const std::u32string_view piece = beginning(word, width - columns_of(lines.back()));
      lines.back().append(piece);
      word.remove_prefix(piece.size());
      lines.emplace_back();
    }
    lines.back() += word;
  }
  return lines;
}

void append_lines(std::u32string& out, const std::vector<std::u32string>& lines,
                  std::u32string_view prefix) {
  for (const std::u32string& line : lines) {
    out.append(prefix).append(line);
    while (!out.empty() && out.back() == U' ') out.pop_back();
    out += U'\n';
  }
}

}  // namespace

std::string one_line(std::string_view text) {
  std::u32string out;
  for (const char32_t c : decoded(text)) {
    const bool space = is_break(c) || c == '\t' || u_isUWhiteSpace(static_cast<UChar32>(c)) != 0;
    if (space) {
      if (!out.empty() && out.back() != U' ') out += U' ';
    } else if (!is_harmful(c) && c != braille_blank) {
      out += c;
    }
  }
  while (!out.empty() && out.back() == U' ') out.pop_back();
  return encoded(out);
}

std::string one_line(std::string_view text, std::size_t bytes_max) {
  std::string line = one_line(text);
  if (line.size() <= bytes_max) return line;
  line.resize(bytes_max);
  while (!is_utf8(line) || line.ends_with(' ')) line.pop_back();
  return line;
}

std::string many_lines(std::string_view text) {
  std::u32string out;
  const std::u32string in = decoded(text);
  for (std::size_t i = 0; i < in.size(); ++i) {
    const char32_t c = in[i];
    if (is_break(c)) {
      const bool pair = c == '\r' && i + 1 < in.size() && in[i + 1] == '\n';
      if (!pair) out += U'\n';
    } else if (c == '\t') {
      out += U"    ";
    } else if (!is_harmful(c) || c == zero_width_non_joiner || c == zero_width_joiner) {
      out += c;
    }
  }
  return encoded(out);
}

std::string without_links(std::string_view text) {
  const std::u32string in = decoded(text);
  std::u32string out;
  for (std::size_t i = 0; i < in.size(); ++i) {
    out += in[i];
    if (joins_link(in, i)) out += zero_width_non_joiner;
  }
  return encoded(out);
}

std::string phone_link(std::string_view phone) {
  const std::string line = one_line(phone);
  const bool abroad = line.starts_with('+');
  const std::string_view rest = std::string_view(line).substr(abroad ? 1 : 0);
  const auto count = [&](char c) { return std::ranges::count(rest, c); };
  std::string digits;
  for (const char c : rest) {
    if (is_digit(static_cast<unsigned char>(c))) {
      digits += c;
    } else if (std::string_view(" .-/()").find(c) == std::string_view::npos) {
      return "";
    }
  }
  const bool paired = count('(') == count(')') && count('(') <= (abroad ? 0 : 1) &&
                      rest.find('(') <= rest.find(')');
  if (!paired || digits.size() < 5 || digits.size() > 15) return "";
  return (abroad ? "tel:+" : "tel:") + digits;
}

std::size_t columns_of(std::string_view text) {
  return columns_of(decoded(text));
}

std::string shortened(std::string_view text, std::size_t length) {
  const std::u32string in = decoded(text);
  if (in.size() <= length) return encoded(in);
  const std::size_t tail = length / 3;
  const std::size_t head = length - tail - 1;
  return encoded(in.substr(0, head) + U"…" + in.substr(in.size() - tail));
}

std::string escape_html(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\'':
        out += "&#39;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

std::string escape_html_lines(std::string_view text) {
  std::string out;
  for (const char c : escape_html(text)) {
    if (c == '\n') out += "<br>";
    out += c;
  }
  return out;
}

std::string wrapped(std::string_view text, std::string_view prefix) {
  const std::u32string in = decoded(text);
  const std::u32string start = decoded(prefix);
  INVARIANT(start.size() <= 20);
  std::u32string out;
  std::size_t at = 0;
  while (at < in.size()) {
    const std::size_t end = std::min(in.find(U'\n', at), in.size());
    const std::u32string_view line = std::u32string_view(in).substr(at, end - at);
    append_lines(out, wrap_line(line, columns_max - start.size()), start);
    at = end + 1;
  }
  return encoded(out);
}

}  // namespace couvert
