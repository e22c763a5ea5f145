#include "server/outlook.h"

#include <filesystem>
#include <fstream>
#include <sstream>

#include "base/limits.h"
#include "crypto/hash.h"

namespace couvert {
namespace {

namespace fs = std::filesystem;

// What the build writes where only a server knows what belongs there.
constexpr std::string_view any_base_url = "https://couvert.invalid";
constexpr std::string_view any_host = "couvert.invalid";  // alone, of a list of hosts
constexpr std::string_view any_id = "00000000-0000-4000-8000-000000000000";
constexpr std::string_view any_alert = "%COUVERT_ALERT%";

// Where Outlook on the web and the new Outlook for Windows run.
constexpr std::string_view microsoft_frames =
    "https://outlook.office.com https://outlook.office365.com https://outlook.live.com "
    "https://outlook.cloud.microsoft https://*.officeapps.live.com https://*.office.com "
    "https://*.office365.com https://*.cloud.microsoft";

// office.js must come from Microsoft's own address; what it would tell Microsoft finds no way out.
std::string pane_policy(const OutlookConfig& config) {
  std::string policy =
      "default-src 'none'; script-src 'self' https://appsforoffice.microsoft.com; "
      "style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; font-src 'self'; "
      "form-action 'none'; base-uri 'none'; frame-ancestors 'self' ";
  policy += microsoft_frames;
  for (const std::string& origin : config.frames) policy += " " + origin;
  return policy;
}

constexpr std::string_view file_policy =
    "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; sandbox";

std::string find_pages(const std::string& configured) {
  if (!configured.empty()) return configured;
  std::error_code error;
  const fs::path program = fs::read_symlink("/proc/self/exe", error);
  for (const char* place : {"../share/couvert/outlook", "../../web/outlook/dist"}) {
    const fs::path folder = program.parent_path() / place;
    if (fs::exists(folder / "manifest.xml", error)) return folder.lexically_normal();
  }
  return "";
}

void replace_all(std::string& text, std::string_view what, std::string_view by) {
  for (std::size_t at = text.find(what); at != std::string::npos;
       at = text.find(what, at + by.size())) {
    text.replace(at, what.size(), by);
  }
}

// JSON inside a JavaScript string in double quotes: the texts hold neither quotes nor backslashes.
std::string list_of(const std::vector<std::string>& texts) {
  std::string out = "[";
  for (const std::string& text : texts) {
    if (out.size() > 1) out += ",";
    out += "\\\"" + text + "\\\"";
  }
  return out + "]";
}

std::string alert_of(const OutlookConfig& config) {
  return "{\\\"bytes\\\":" + std::to_string(config.alert_bytes) +
         ",\\\"marks\\\":" + list_of(config.marks) + ",\\\"labels\\\":" + list_of(config.labels) +
         "}";
}

bool is_text(const fs::path& path) {
  const std::string suffix = path.extension();
  return suffix == ".xml" || suffix == ".json" || suffix == ".js";
}

Result<PortalExtra> read_file(const fs::path& path, const std::string& name, const Config& config) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream out;
  out << in.rdbuf();
  if (!in || !out) return fail(ErrorCode::unavailable, path.string() + ": cannot be read");
  PortalExtra file{name, out.str(), std::string(file_policy)};
  if (path.extension() == ".html") file.policy = pane_policy(config.outlook);
  if (is_text(path)) {
    replace_all(file.bytes, any_base_url, config.service.base_url);
    const std::string& base = config.service.base_url;
    replace_all(file.bytes, any_host, std::string_view(base).substr(base.find("://") + 3));
    replace_all(file.bytes, any_id, outlook_id(config.service.base_url));
    replace_all(file.bytes, any_alert, alert_of(config.outlook));
  }
  return file;
}

}  // namespace

std::string outlook_id(std::string_view base_url) {
  const Sha256Digest digest = sha256(as_bytes("couvert/1 outlook " + std::string(base_url)));
  std::string hex = encode_hex(Bytes(digest).first(16));
  hex[12] = '8';  // RFC 9562, version 8: made by a rule of our own
  hex[16] = 'a';
  return hex.substr(0, 8) + "-" + hex.substr(8, 4) + "-" + hex.substr(12, 4) + "-" +
         hex.substr(16, 4) + "-" + hex.substr(20);
}

Result<> add_outlook(const Config& config, Look& look) {
  if (!config.outlook.enabled) return Result<>();
  const std::string folder = find_pages(config.outlook.pages);
  if (folder.empty()) return fail(ErrorCode::unavailable, "[outlook]: its pages are not there");
  std::error_code error;
  fs::recursive_directory_iterator entry(folder, error);
  for (; !error && entry != fs::recursive_directory_iterator(); entry.increment(error)) {
    if (!entry->is_regular_file(error)) continue;
    const std::string name = "/outlook/" + fs::relative(*entry, folder, error).generic_string();
    Result<PortalExtra> file = read_file(entry->path(), name, config);
    if (!file) return pass(file);
    look.files.push_back(std::move(*file));
    if (look.files.size() > limits::portal_files_max) {
      return fail(ErrorCode::too_large, folder + " holds too much for an add-in");
    }
  }
  if (error) return fail(ErrorCode::unavailable, folder + ": cannot be read");
  return Result<>();
}

}  // namespace couvert
