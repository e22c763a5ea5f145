#include "http/ranges.h"

#include <algorithm>
#include <charconv>
#include <string>

namespace couvert {
namespace {

// Digits only. A number past 64 bits reads as the largest one, which is past every size.
std::optional<std::uint64_t> read_number(std::string_view text) {
  const bool digits_only =
      !text.empty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
  if (!digits_only) return std::nullopt;
  std::uint64_t value = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), value);
  return read.ec == std::errc::result_out_of_range ? UINT64_MAX : value;
}

}  // namespace

RangeAnswer read_range(std::string_view field, std::uint64_t size) {
  constexpr std::string_view unit = "bytes=";
  // A unit's name has no case (RFC 9110 section 14.1).
  const auto is_same = [](char a, char b) { return (a >= 'A' && a <= 'Z' ? a + 32 : a) == b; };
  const std::string_view named = field.substr(0, unit.size());
  if (!std::ranges::equal(named, unit, is_same)) return WholeRange{};
  field.remove_prefix(unit.size());
  const std::size_t dash = field.find('-');
  if (dash == std::string_view::npos) return WholeRange{};
  const std::string_view before = field.substr(0, dash);
  const std::string_view after = field.substr(dash + 1);

  if (before.empty()) {
    const auto count = read_number(after);
    if (!count) return WholeRange{};
    if (*count == 0 || size == 0) return NoRange{};
    const std::uint64_t bytes = std::min(*count, size);
    return ByteRange{size - bytes, bytes};
  }
  const auto first = read_number(before);
  const auto last = after.empty() ? std::optional(UINT64_MAX) : read_number(after);
  if (!first || !last || *first > *last) return WholeRange{};
  if (*first >= size) return NoRange{};
  return ByteRange{*first, std::min(*last, size - 1) - *first + 1, after.empty()};
}

bool if_range_holds(std::string_view field, std::string_view etag) {
  return field == '"' + std::string(etag) + '"';
}

}  // namespace couvert
