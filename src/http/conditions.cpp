#include "http/conditions.h"

namespace couvert {
namespace {

void skip_blanks(std::string_view& text) {
  while (text.starts_with(' ') || text.starts_with('\t')) text.remove_prefix(1);
}

}  // namespace

bool names_etag(std::string_view list, std::string_view etag, Comparison comparison) {
  if (list == "*") return true;
  bool named = false;
  while (true) {
    // A list may have empty items (section 5.6.1.2).
    while (list.starts_with(',')) {
      list.remove_prefix(1);
      skip_blanks(list);
    }
    if (list.empty()) return named;
    const bool weak = list.starts_with("W/");
    if (weak) list.remove_prefix(2);
    const std::size_t end = list.starts_with('"') ? list.find('"', 1) : std::string_view::npos;
    if (end == std::string_view::npos) return false;
    const bool counts = !weak || comparison == Comparison::weak;
    named |= counts && list.substr(1, end - 1) == etag;
    list.remove_prefix(end + 1);
    skip_blanks(list);
    if (!list.empty() && !list.starts_with(',')) return false;
  }
}

int conditional_status(const Fields& fields, std::string_view etag) {
  const std::string* wanted = find_field(fields, "if-match");
  if (wanted != nullptr && !names_etag(*wanted, etag, Comparison::strong)) return 412;
  const std::string* known = find_field(fields, "if-none-match");
  if (known != nullptr && names_etag(*known, etag, Comparison::weak)) return 304;
  return 200;
}

}  // namespace couvert
