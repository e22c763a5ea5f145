#include "sealing/zip_names.h"

#include <algorithm>
#include <string_view>
#include <unordered_map>
#include <unordered_set>

#include "base/file_name.h"
#include "crypto/text_form.h"

namespace couvert {
namespace {

// File systems take 255 bytes or UTF-16 units; room is left for a number.
constexpr std::size_t component_bytes_max = 240;

// How many bytes at the front of `text` are a character that no name may hold.
std::size_t forbidden_at(std::string_view text) {
  if (std::string_view("<>:\"\\|?*").find(text[0]) != std::string_view::npos) return 1;
  return hidden_sign_at(text);
}

// What file systems compare. Text that is not UTF-8 stands for itself.
std::string key_of(const std::string& path) {
  return folded_name(path).value_or(path);
}

void cut_to_length(std::string& component) {
  if (component.size() <= component_bytes_max) return;
  const std::string ending = component.substr(ending_at(component));
  component.resize(cut_text(component, component_bytes_max - ending.size()).size());
  component += ending;
}

std::string safe_component(std::string_view component) {
  std::string out;
  while (!component.empty()) {
    const std::size_t forbidden = forbidden_at(component);
    out += forbidden > 0 ? '_' : component[0];
    component.remove_prefix(std::max<std::size_t>(forbidden, 1));
  }
  cut_to_length(out);
  while (out.ends_with('.') || out.ends_with(' ')) out.pop_back();
  if (out.empty()) return "_";
  // What lies in a folder of this name macOS takes for properties of other files.
  const bool is_special = is_device_name(out) || key_of(out) == "__macosx";
  return is_special ? "_" + out : out;
}

std::string safe_path(std::string_view name) {
  std::string out;
  while (!name.empty()) {
    const std::size_t slash = std::min(name.find('/'), name.size());
    const std::string_view component = name.substr(0, slash);
    name.remove_prefix(std::min(slash + 1, name.size()));
    if (component.empty() || component == ".") continue;
    if (!out.empty()) out += '/';
    out += safe_component(component);
  }
  return out.empty() ? "_" : out;
}

std::string numbered(const std::string& path, std::size_t number) {
  const std::size_t start = path.rfind('/') + 1;  // npos + 1 is 0
  const std::size_t ending = start + ending_at(std::string_view(path).substr(start));
  return path.substr(0, ending) + " (" + std::to_string(number) + ")" + path.substr(ending);
}

}  // namespace

std::vector<std::string> safe_zip_names(std::span<const std::string> names) {
  std::vector<std::string> paths;
  paths.reserve(names.size());
  std::unordered_set<std::string> taken;  // keys of folders first: no file may stand where one goes
  std::string folder;
  for (const std::string& name : names) {
    paths.push_back(safe_path(name));
    const std::string& path = paths.back();
    const std::string own = path.substr(0, path.rfind('/') + 1);  // npos + 1 is 0
    if (own == folder) continue;                                  // as in the name before
    folder = own;
    for (std::size_t at = path.find('/'); at != std::string::npos; at = path.find('/', at + 1)) {
      taken.insert(key_of(path.substr(0, at)));
    }
  }
  std::unordered_map<std::string, std::size_t> next_number;
  for (std::string& path : paths) {
    const std::string wanted = path;
    std::string key = key_of(path);
    std::size_t& number = next_number.try_emplace(key, 2).first->second;
    while (!taken.insert(key).second) {
      path = numbered(wanted, number++);
      key = key_of(path);
    }
  }
  return paths;
}

std::string safe_file_name(std::string_view name) {
  return safe_component(name.substr(name.rfind('/') + 1));
}

}  // namespace couvert
