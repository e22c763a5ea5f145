#include "cli/safe_name.h"

#include <algorithm>
#include <array>
#include <cstdint>

#include "base/bytes.h"

namespace couvert {
namespace {

constexpr std::size_t name_bytes_max = 255;  // of ext4, XFS, Btrfs, APFS
constexpr std::size_t ending_bytes_max = 20;
constexpr std::size_t number_bytes = 8;  // room for " (10000)"

constexpr std::string_view device_names[] = {"con", "prn", "aux", "nul", "conin$", "conout$"};

bool is_device(std::string_view name) {
  std::string stem(name.substr(0, std::min(name.find('.'), name.size())));
  while (stem.ends_with(' ')) stem.pop_back();
  for (char& c : stem) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
  }
  const auto* end = std::end(device_names);
  if (std::find(std::begin(device_names), end, stem) != end) return true;
  const bool numbered = stem.starts_with("com") || stem.starts_with("lpt");
  return numbered && stem.size() == 4 && stem[3] >= '0' && stem[3] <= '9';
}

// Embeddings, overrides and isolates (U+202A to U+202E, U+2066 to U+2069): they show "exe.pdf" for
// "fdp.exe". All of them are three bytes in UTF-8.
bool is_override(std::string_view three) {
  if (three.size() < 3 || three[0] != '\xe2') return false;
  const auto third = static_cast<unsigned char>(three[2]);
  if (three[1] == '\x80') return third >= 0xaa && third <= 0xae;
  return three[1] == '\x81' && third >= 0xa6 && third <= 0xa9;
}

// C1 controls: U+0080 to U+009F.
bool is_late_control(std::string_view two) {
  return two.size() >= 2 && two[0] == '\xc2' && static_cast<unsigned char>(two[1]) < 0xa0;
}

std::size_t ending_at(std::string_view name) {
  const std::size_t dot = name.rfind('.');
  const bool ending =
      dot != name.npos && dot > 0 && dot + 1 < name.size() && name.size() - dot <= ending_bytes_max;
  return ending ? dot : name.size();
}

// At most `bytes_max` bytes of `text`, and no character cut in two.
std::string_view cut(std::string_view text, std::size_t bytes_max) {
  if (text.size() <= bytes_max) return text;
  while (bytes_max > 0 && (static_cast<unsigned char>(text[bytes_max]) & 0xc0) == 0x80) --bytes_max;
  return text.substr(0, bytes_max);
}

}  // namespace

std::string safe_name(std::string_view name) {
  std::string safe;
  for (std::size_t i = 0; i < name.size(); ++i) {
    const auto byte = static_cast<unsigned char>(name[i]);
    const std::string_view rest = name.substr(i);
    if (byte < 0x20 || byte == 0x7f || byte == '\\' || byte == '/') {
      safe += '_';
    } else if (is_late_control(rest)) {
      safe += '_';
      i += 1;
    } else if (is_override(rest)) {
      safe += '_';
      i += 2;
    } else {
      safe += name[i];
    }
  }
  if (safe.empty() || safe == "." || safe == ".." || is_device(safe)) safe.insert(0, "_");
  const std::size_t ending = ending_at(safe);
  if (safe.size() <= name_bytes_max) return safe;
  const std::string kept = safe.substr(ending);
  return std::string(cut(std::string_view(safe).substr(0, ending),
                         name_bytes_max - kept.size() - number_bytes)) +
         kept;
}

std::string NamePlan::free_path(const std::string& folder, const std::string& name) const {
  std::string path = folder + name;
  const std::size_t ending = ending_at(name);
  const std::string_view stem = cut(std::string_view(name).substr(0, ending),
                                    name_bytes_max - number_bytes - (name.size() - ending));
  for (int number = 2; files_.contains(path) || folders_.contains(path); ++number) {
    path = folder + std::string(stem) + " (" + std::to_string(number) + ")" + name.substr(ending);
  }
  return path;
}

std::string NamePlan::place(std::string_view name) {
  std::string folder;  // where the next part goes, with a slash at its end
  std::string asked;   // the same as the transfer names it
  std::string_view last;
  const auto safe_part = [&] {
    std::string part(last);
    if (folder.empty() && folder_ == FolderWas::in_use && part.starts_with('.'))
      part.insert(0, "_");
    return safe_name(part);
  };
  while (!name.empty()) {
    const std::size_t slash = std::min(name.find('/'), name.size());
    const std::string_view part = name.substr(0, slash);
    name.remove_prefix(std::min(slash + 1, name.size()));
    if (part.empty() || part == ".") continue;
    if (!last.empty()) {
      asked.append(last).append("/");
      const auto known = placed_.find(asked);
      folder = known != placed_.end() ? known->second : free_path(folder, safe_part()) + "/";
      placed_[asked] = folder;
      folders_.insert(folder.substr(0, folder.size() - 1));
    }
    last = part;
  }
  std::string path = free_path(folder, safe_part());
  files_.insert(path);
  top_.insert(path.substr(0, path.find('/')));
  return path;
}

}  // namespace couvert
