#include "sealing/zip_names.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <unordered_map>
#include <unordered_set>

#include "crypto/text_form.h"

namespace couvert {
namespace {

// File systems take 255 bytes or UTF-16 units; room is left for a number.
constexpr std::size_t component_bytes_max = 240;
constexpr std::size_t ending_bytes_max = 20;

bool is_continuation(char c) {
  return (static_cast<unsigned char>(c) & 0xC0) == 0x80;
}

// How many bytes at the front of `text` are a character that no name may hold.
std::size_t forbidden_at(std::string_view text) {
  const auto first = static_cast<unsigned char>(text[0]);
  if (first < 0x20 || first == 0x7f) return 1;
  if (std::string_view("<>:\"\\|?*").find(text[0]) != std::string_view::npos) return 1;
  const auto second = text.size() > 1 ? static_cast<unsigned char>(text[1]) : 0U;
  if (first == 0xC2 && second < 0xA0) return 2;   // U+0080 to U+009F
  if (first == 0xD8 && second == 0x9C) return 2;  // U+061C, a direction mark
  const auto third = text.size() > 2 ? static_cast<unsigned char>(text[2]) : 0U;
  // More of these, which make a name look like another: U+200E, U+200F, U+2028 to U+202E,
  // U+2066 to U+2069.
  if (first == 0xE2 && second == 0x80 &&
      (third == 0x8E || third == 0x8F || (third >= 0xA8 && third <= 0xAE))) {
    return 3;
  }
  if (first == 0xE2 && second == 0x81 && third >= 0xA6 && third <= 0xA9) return 3;
  return 0;
}

// What file systems compare. Text that is not UTF-8 stands for itself.
std::string key_of(const std::string& path) {
  return folded_name(path).value_or(path);
}

bool is_device_name(std::string_view component) {
  static constexpr std::array<std::string_view, 6> devices = {"con", "prn",    "aux",
                                                              "nul", "conin$", "conout$"};
  std::string stem(component.substr(0, component.find('.')));
  while (stem.ends_with(' ')) stem.pop_back();
  for (char& c : stem) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  if (std::find(devices.begin(), devices.end(), stem) != devices.end()) return true;
  if (!stem.starts_with("com") && !stem.starts_with("lpt")) return false;
  const std::string_view number = std::string_view(stem).substr(3);
  return (number.size() == 1 && number[0] >= '0' && number[0] <= '9') || number == "\u00b9" ||
         number == "\u00b2" || number == "\u00b3";
}

// Where the ending begins that is kept when a name is cut or numbered.
std::size_t ending_of(std::string_view component) {
  const std::size_t dot = component.rfind('.');
  const bool has_ending =
      dot != std::string_view::npos && dot > 0 && component.size() - dot <= ending_bytes_max;
  return has_ending ? dot : component.size();
}

void cut_to_length(std::string& component) {
  if (component.size() <= component_bytes_max) return;
  const std::string ending = component.substr(ending_of(component));
  std::size_t end = component_bytes_max - ending.size();
  while (end > 0 && is_continuation(component[end])) --end;
  component.resize(end);
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
  const std::size_t ending = start + ending_of(std::string_view(path).substr(start));
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
