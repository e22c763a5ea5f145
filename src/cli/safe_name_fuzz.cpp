// Fuzzes the names under which the command line saves files: nothing leads out of the folder, and
// no two are one.
//
// parser: src/cli/safe_name.cpp
#include <algorithm>

#include "base/bytes.h"
#include "cli/safe_name.h"

namespace couvert {
namespace {

void check_path(const std::string& path) {
  INVARIANT(!path.empty() && path.front() != '/' && path.back() != '/');
  std::size_t begin = 0;
  while (begin <= path.size()) {
    const std::size_t end = std::min(path.find('/', begin), path.size());
    const std::string segment = path.substr(begin, end - begin);
    INVARIANT(!segment.empty() && segment != "." && segment != ".." && segment.size() <= 255);
    INVARIANT(std::ranges::none_of(segment, [](unsigned char c) { return c < 0x20 || c == 0x7f; }));
    INVARIANT(segment.find('\\') == std::string::npos);
    begin = end + 1;
  }
}

}  // namespace

// The names of one transfer, a line each.
void fuzz(std::string_view text) {
  for (const FolderWas folder : {FolderWas::empty, FolderWas::in_use}) {
    NamePlan plan(folder);
    std::set<std::string> places;
    std::string_view rest = text;
    for (int count = 0; count < 20 && !rest.empty(); ++count) {
      const std::size_t line = std::min(rest.find('\n'), rest.size());
      const std::string path = plan.place(rest.substr(0, line));
      check_path(path);
      INVARIANT(places.insert(path).second);
      INVARIANT(plan.top().contains(path.substr(0, path.find('/'))));
      INVARIANT(folder == FolderWas::empty || path.front() != '.');
      rest.remove_prefix(std::min(line + 1, rest.size()));
    }
  }
  const std::string name = safe_name(text);
  INVARIANT(!name.empty() && name.find('/') == std::string::npos);
}

}  // namespace couvert

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  couvert::fuzz({reinterpret_cast<const char*>(data), size});
  return 0;
}
