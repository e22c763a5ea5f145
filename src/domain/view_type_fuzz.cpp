// Fuzzes what files are shown as: whatever a file begins with, it is one of the kinds that cannot
// act, or is not shown.
//
// parser: src/domain/view_type.cpp
#include <algorithm>
#include <array>

#include "domain/view_type.h"

namespace couvert {

void fuzz(std::string_view file) {
  constexpr auto images =
      std::to_array<std::string_view>({"png", "jpeg", "gif", "webp", "avif", "bmp"});
  const std::optional<std::string_view> type = view_type(as_bytes(file));
  INVARIANT(view_type(as_bytes(file.substr(0, view_head_bytes))) == type);
  if (!type) return;
  const std::string_view kind = type->substr(0, type->find('/'));
  const std::string_view rest = type->substr(kind.size() + 1);
  if (kind == "image") {
    INVARIANT(std::ranges::find(images, rest) != images.end());
  } else {
    INVARIANT(kind == "audio" || kind == "video" || *type == "application/pdf" ||
              *type == "text/plain");
  }
}

}  // namespace couvert

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  couvert::fuzz({reinterpret_cast<const char*>(data), size});
  return 0;
}
