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
};

using PortalFiles = std::map<std::string, PortalFile, std::less<>>;

constexpr std::string_view index = "/index.html";
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

PortalFile file_of(std::string bytes, std::string_view name) {
  PortalFile file;
  file.bytes = std::move(bytes);
  file.type = type_of(name);
  const bool is_text = !file.type.starts_with("image/p") && !file.type.starts_with("image/w") &&
                       !file.type.starts_with("font/") && file.type != unknown_type;
  if (is_text) file.gzip = gzip_of(file.bytes);
  file.etag = encode_hex(Bytes(sha256(as_bytes(file.bytes))).first(8));
  // The build puts a hash of the content into the names below assets/.
  if (name.starts_with("/assets/")) file.caching = Caching::forever;
  if (name.find(".worker") != std::string_view::npos) file.shown = Shown::worker;
  return file;
}

Result<PortalFile> load(const fs::path& path, std::string_view name) {
  Result<std::string> bytes = read_whole(path);
  if (!bytes) return pass(bytes);
  return file_of(std::move(*bytes), name);
}

Result<PortalFiles> load_all(const fs::path& folder) {
  PortalFiles files;
  std::size_t bytes = 0;
  std::error_code error;
  fs::recursive_directory_iterator entry(folder, error);
  for (; !error && entry != fs::recursive_directory_iterator(); entry.increment(error)) {
    if (!entry->is_regular_file(error)) continue;
    const std::string name = "/" + fs::relative(entry->path(), folder, error).generic_string();
    Result<PortalFile> file = load(entry->path(), name);
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

bool is_page(std::string_view path) {
  static constexpr auto pages =
      std::to_array<std::string_view>({"/", "/provide", "/retrieve", "/received", "/sent", "/help",
                                       "/imprint", "/privacy", "/terms"});
  if (std::ranges::find(pages, path) != pages.end()) return true;
  for (const std::string_view folder : {"/r/", "/sent/"}) {
    if (path.starts_with(folder)) return path.find('/', folder.size()) == std::string_view::npos;
  }
  return false;
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
  response.fields = {{"ETag", '"' + file.etag + '"'}, {"Vary", "Accept-Encoding"}};
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
  const auto file = files.find(request.path);
  if (file != files.end() && request.path != index) return answer(file->second, request);
  const PortalFile& page = files.at(std::string(index));
  if (is_page(request.path)) return answer(page, request);
  if (request.path.starts_with("/assets/")) return problem(404);
  Request plain;  // no 304 for a page that is not there
  Response response = answer(page, plain);
  response.status = 404;
  return response;
}

}  // namespace

Result<Handler> portal(const std::string& folder, const Look& look) {
  Result<PortalFiles> loaded = load_all(folder);
  if (!loaded) return pass(loaded);
  for (const auto& [path, bytes] : look.files) loaded->emplace(path, file_of(bytes, path));
  const auto files = std::make_shared<const PortalFiles>(std::move(*loaded));
  return Handler([files](const std::shared_ptr<const Request>& request) -> Outcome {
    return serve_file(*files, *request);
  });
}

}  // namespace couvert
