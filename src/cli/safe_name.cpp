#include "cli/safe_name.h"

#include <algorithm>

#include "base/file_name.h"

namespace couvert {
namespace {

constexpr std::size_t name_bytes_max = 255;  // of ext4, XFS, Btrfs, APFS
constexpr std::size_t number_bytes = 8;      // room for " (10000)"

}  // namespace

std::string safe_name(std::string_view name) {
  std::string safe;
  while (!name.empty()) {
    const std::size_t hidden = hidden_sign_at(name);
    const bool forbidden = hidden > 0 || name[0] == '\\' || name[0] == '/';
    safe += forbidden ? '_' : name[0];
    name.remove_prefix(std::max<std::size_t>(hidden, 1));
  }
  if (safe.empty() || safe == "." || safe == ".." || is_device_name(safe)) safe.insert(0, "_");
  const std::size_t ending = ending_at(safe);
  if (safe.size() <= name_bytes_max) return safe;
  const std::string kept = safe.substr(ending);
  return std::string(cut_text(std::string_view(safe).substr(0, ending),
                              name_bytes_max - kept.size() - number_bytes)) +
         kept;
}

std::string NamePlan::free_path(const std::string& folder, const std::string& name) const {
  std::string path = folder + name;
  const std::size_t ending = ending_at(name);
  const std::string_view stem = cut_text(std::string_view(name).substr(0, ending),
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
