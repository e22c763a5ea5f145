// Fuzzes the names in a ZIP: nothing leads out of the folder that it is unpacked in, on any system,
// and no two are one.
//
// parser: src/sealing/zip_names.cpp
#include <algorithm>
#include <set>

#include "base/bytes.h"
#include "crypto/text_form.h"
#include "sealing/zip_names.h"

namespace couvert {
namespace {

void check_path(const std::string& path) {
  INVARIANT(!path.empty() && path.front() != '/' && path.back() != '/' && is_utf8(path));
  std::size_t begin = 0;
  while (begin <= path.size()) {
    const std::size_t end = std::min(path.find('/', begin), path.size());
    const std::string segment = path.substr(begin, end - begin);
    INVARIANT(!segment.empty() && segment != "." && segment != "..");
    INVARIANT(!segment.ends_with('.') && !segment.ends_with(' '));
    INVARIANT(folded_name(segment).value_or("") != "__macosx");
    INVARIANT(segment.find_first_of("\\:*?\"<>|") == std::string::npos);
    INVARIANT(std::ranges::none_of(segment, [](unsigned char c) { return c < 0x20 || c == 0x7f; }));
    begin = end + 1;
  }
}

}  // namespace

// The names of one transfer, a line each; they are UTF-8, as every stored name is.
void fuzz(std::string_view text) {
  if (!is_utf8(text)) return;
  std::vector<std::string> names;
  while (!text.empty() && names.size() < 20) {
    const std::size_t line = std::min(text.find('\n'), text.size());
    names.emplace_back(text.substr(0, line));
    text.remove_prefix(std::min(line + 1, text.size()));
  }
  const std::vector<std::string> safe = safe_zip_names(names);
  INVARIANT(safe.size() == names.size());
  std::set<std::string> seen;
  for (const std::string& name : safe) {
    check_path(name);
    const Result<std::string> folded = folded_name(name);
    INVARIANT(folded && seen.insert(*folded).second);
  }
  for (const std::string& name : names) {
    const std::string alone = safe_file_name(name);
    check_path(alone);
    INVARIANT(alone.find('/') == std::string::npos);
  }
}

}  // namespace couvert

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  couvert::fuzz({reinterpret_cast<const char*>(data), size});
  return 0;
}
