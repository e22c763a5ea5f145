#include "http/portal.h"

#include <algorithm>
#include <boost/beast/zlib/deflate_stream.hpp>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>

#include "base/limits.h"
#include "crypto/crc32.h"
#include "crypto/hash.h"
#include "http/conditions.h"
#include "http/cookies.h"
#include "http/problem.h"

namespace couvert {
namespace {

namespace fs = std::filesystem;
namespace zlib = boost::beast::zlib;

struct PortalFile {
  std::string bytes;
  std::string gzip;  // empty where it is no shorter
  std::string type;
  std::string etag;
  Caching caching = Caching::revalidate;
  Shown shown = Shown::portal;
  std::string policy;  // of a file that is shown in frames of others
};

using PortalFiles = std::map<std::string, PortalFile, std::less<>>;

constexpr std::string_view index = "/index.html";
constexpr std::string_view docs_page = "/pages/api-docs.html";
constexpr std::string_view style_path = "/look/style.css";
constexpr std::string_view unknown_type = "application/octet-stream";

std::string_view type_of(std::string_view name) {
  static constexpr auto types = std::to_array<std::pair<std::string_view, std::string_view>>({
      {".html", "text/html; charset=utf-8"},
      {".js", "text/javascript; charset=utf-8"},
      {".mjs", "text/javascript; charset=utf-8"},
      {".css", "text/css; charset=utf-8"},
      {".json", "application/json"},
      {".webmanifest", "application/manifest+json"},
      {".svg", "image/svg+xml"},
      {".png", "image/png"},
      {".webp", "image/webp"},
      {".ico", "image/x-icon"},
      {".woff2", "font/woff2"},
      {".wasm", "application/wasm"},
      {".txt", "text/plain; charset=utf-8"},
      {".xml", "text/xml; charset=utf-8"},
  });
  for (const auto& [suffix, type] : types) {
    if (name.ends_with(suffix)) return type;
  }
  return unknown_type;
}

void append_little_endian(std::string& out, std::uint32_t value) {
  for (int shift = 0; shift < 32; shift += 8) out += static_cast<char>((value >> shift) & 0xff);
}

// RFC 1952: header without name and time, raw deflate, CRC-32 and length.
std::string gzip_of(const std::string& bytes) {
  std::string out("\x1f\x8b\x08\0\0\0\0\0\x02\xff", 10);
  zlib::deflate_stream stream;
  stream.reset(9, 15, 8, zlib::Strategy::normal);
  const std::size_t head = out.size();
  out.resize(head + stream.upper_bound(bytes.size()) + 64);
  zlib::z_params params;
  params.next_in = bytes.data();
  params.avail_in = bytes.size();
  params.next_out = out.data() + head;
  params.avail_out = out.size() - head;
  boost::system::error_code error;
  stream.write(params, zlib::Flush::finish, error);
  if (error != zlib::error::end_of_stream) return "";
  out.resize(head + params.total_out);
  append_little_endian(out, crc32(0, as_bytes(bytes)));
  append_little_endian(out, static_cast<std::uint32_t>(bytes.size()));
  return out.size() < bytes.size() * 9 / 10 ? out : "";
}

Result<std::string> read_whole(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream out;
  out << in.rdbuf();
  if (!in || !out) return fail(ErrorCode::unavailable, path.string() + " cannot be read");
  return out.str();
}

bool has_styles(const Look& look) {
  return std::ranges::any_of(look.files, [](const PortalExtra& file) {
    return file.path == style_path && !file.bytes.empty();
  });
}

// A page waits for the organisation's styles only where there are some.
void drop_style(std::string& page) {
  const std::size_t begin =
      page.find(R"(<link rel="stylesheet" href=")" + std::string(style_path) + '"');
  if (begin == std::string::npos) return;
  page.erase(begin, page.find('>', begin) + 1 - begin);
}

PortalFile file_of(std::string bytes, std::string_view name) {
  PortalFile file;
  file.bytes = std::move(bytes);
  file.type = type_of(name);
  const bool is_text = !file.type.starts_with("image/p") && !file.type.starts_with("image/w") &&
                       !file.type.starts_with("font/") && file.type != unknown_type;
  if (is_text) file.gzip = gzip_of(file.bytes);
  file.etag = encode_hex(Bytes(sha256(as_bytes(file.bytes))).first(8));
  // The build puts a hash of the content into the names below assets/.
  if (name.starts_with("/assets/") || name.starts_with("/outlook/assets/")) {
    file.caching = Caching::forever;
  }
  if (name.find(".worker") != std::string_view::npos) file.shown = Shown::worker;
  return file;
}

Result<PortalFile> load(const fs::path& path, std::string_view name, const Look& look) {
  Result<std::string> bytes = read_whole(path);
  if (!bytes) return pass(bytes);
  if (name.ends_with(".html") && !has_styles(look)) drop_style(*bytes);
  return file_of(std::move(*bytes), name);
}

Result<PortalFiles> load_all(const fs::path& folder, const Look& look) {
  PortalFiles files;
  std::size_t bytes = 0;
  std::error_code error;
  fs::recursive_directory_iterator entry(folder, error);
  for (; !error && entry != fs::recursive_directory_iterator(); entry.increment(error)) {
    if (!entry->is_regular_file(error)) continue;
    const std::string name = "/" + fs::relative(entry->path(), folder, error).generic_string();
    Result<PortalFile> file = load(entry->path(), name, look);
    if (!file) return pass(file);
    bytes += file->bytes.size();
    files.emplace(name, std::move(*file));
    if (files.size() > limits::portal_files_max || bytes > limits::portal_bytes_max) {
      return fail(ErrorCode::too_large, folder.string() + " holds too much for a portal");
    }
  }
  if (error || !files.contains(index)) {
    return fail(ErrorCode::unavailable, folder.string() + " holds no portal");
  }
  return files;
}

// The page at a path, by the name that the build gives to its first look; empty where there is
// none.
std::string_view page_at(std::string_view path) {
  static constexpr auto pages =
      std::to_array<std::string_view>({"provide", "retrieve", "received", "sent", "quick", "device",
                                       "help", "imprint", "privacy", "terms"});
  if (path == "/") return "start";
  if (!path.starts_with('/')) return "";
  path.remove_prefix(1);
  const auto page = std::ranges::find(pages, path);
  if (page != pages.end()) return *page;
  for (const auto& [folder, name] : {std::pair("r/", "link"), std::pair("sent/", "sent")}) {
    const std::string_view before = folder;
    if (!path.starts_with(before)) continue;
    return path.find('/', before.size()) == std::string_view::npos ? name : "";
  }
  return "";
}

// The language that the visitor has chosen, or the first of the browser's that we speak. Without
// regard to weights: browsers name the best first.
Language language_of(const Fields& fields) {
  if (const auto kept = find_cookie(fields, "language")) {
    if (const auto chosen = parse_language(*kept)) return *chosen;
  }
  const std::string* accepted = find_field(fields, "accept-language");
  std::string_view rest = accepted == nullptr ? "" : std::string_view(*accepted);
  while (!rest.empty()) {
    if (const auto known = parse_language(rest.substr(0, 2))) return *known;
    rest.remove_prefix(std::min(rest.find(','), rest.size()));
    while (rest.starts_with(',') || rest.starts_with(' ')) rest.remove_prefix(1);
  }
  return Language::en;
}

// The page with its first look in the visitor's language, where the build has drawn one.
const PortalFile& page_for(const PortalFiles& files, const Request& request) {
  const std::string name = "/pages/" + std::string(page_at(request.path)) + "." +
                           std::string(name_of(language_of(request.fields))) + ".html";
  const auto drawn = files.find(name);
  return drawn != files.end() ? drawn->second : files.at(std::string(index));
}

// Whether the client takes gzip. Without regard to weights: "gzip;q=0" is written by nobody.
bool takes_gzip(const Request& request) {
  const std::string* accepted = find_field(request.fields, "accept-encoding");
  return accepted != nullptr && accepted->find("gzip") != std::string::npos;
}

Response answer(const PortalFile& file, const Request& request) {
  Response response;
  response.shown = file.shown;
  response.caching = file.caching;
  const bool in_languages = file.type.starts_with("text/html");
  response.fields = {
      {"ETag", '"' + file.etag + '"'},
      {"Vary", in_languages ? "Accept-Encoding, Accept-Language, Cookie" : "Accept-Encoding"}};
  if (!file.policy.empty()) {
    response.fields.emplace_back("Content-Security-Policy", file.policy);
  }
  if (conditional_status(request.fields, file.etag) == 304) {
    response.status = 304;
    return response;
  }
  response.content_type = file.type;
  response.fixed_body = file.bytes;
  if (!file.gzip.empty() && takes_gzip(request)) {
    response.fixed_body = file.gzip;
    response.fields.emplace_back("Content-Encoding", "gzip");
  }
  return response;
}

Response serve_file(const PortalFiles& files, const Request& request) {
  if (request.path == docs_path) {
    const auto docs = files.find(docs_page);
    return docs != files.end() ? answer(docs->second, request) : problem(404);
  }
  const auto file = files.find(request.path);
  // A page of the portal has the address that page_at() gives.
  const bool is_html = request.path.ends_with(".html");
  if (file != files.end() && (!is_html || !file->second.policy.empty()))
    return answer(file->second, request);
  if (!page_at(request.path).empty()) return answer(page_for(files, request), request);
  if (request.path.starts_with("/assets/")) return problem(404);
  Request plain;  // no 304 for a page that is not there
  Response response = answer(files.at(std::string(index)), plain);
  response.status = 404;
  return response;
}

}  // namespace

Result<Handler> portal(const std::string& folder, const Look& look) {
  Result<PortalFiles> loaded = load_all(folder, look);
  if (!loaded) return pass(loaded);
  for (const auto& [path, bytes, policy] : look.files) {
    PortalFile file = file_of(bytes, path);
    if (!policy.empty()) file.shown = Shown::framed;
    file.policy = policy;
    loaded->emplace(path, std::move(file));
  }
  const auto files = std::make_shared<const PortalFiles>(std::move(*loaded));
  return Handler([files](const std::shared_ptr<const Request>& request) -> Outcome {
    return serve_file(*files, *request);
  });
}

}  // namespace couvert
