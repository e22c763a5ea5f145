#include "sealing/manifest.h"

#include <set>

#include "base/json.h"
#include "base/limits.h"
#include "crypto/secret_bytes.h"

namespace couvert {
namespace {

constexpr std::int64_t created_max = 253'402'300'799;  // the last second of the year 9999
constexpr std::size_t depth_max = 4;

tl::unexpected<Error> invalid(std::string why) {
  return fail(ErrorCode::invalid, std::move(why));
}

bool is_text(std::string_view text, std::size_t bytes_max) {
  return text.size() <= bytes_max && text.find('\0') == std::string_view::npos && is_utf8(text);
}

Result<> check_file(const ManifestFile& file) {
  if (file.name.empty() || !is_text(file.name, limits::file_name_bytes_max)) {
    return invalid("a file's name");
  }
  if (!is_text(file.type, limits::media_type_bytes_max)) return invalid("a file's type");
  if (file.size > limits::file_bytes_max) return invalid("a file's size");
  const std::uint64_t parts_min = (file.size + limits::part_bytes_max - 1) / limits::part_bytes_max;
  if (file.parts < parts_min || file.parts > file.size) return invalid("a file's number of parts");
  if (file.size == 0 && file.crc32 != 0) return invalid("the checksum of no bytes is 0");
  return {};
}

// Writes a text as JSON.stringify does.
void put_text(std::string& out, std::string_view text) {
  static constexpr char digits[] = "0123456789abcdef";
  static constexpr std::string_view short_codes = "\b\t\n\f\r\"\\";
  static constexpr std::string_view short_names = "btnfr\"\\";
  out += '"';
  for (const char c : text) {
    const std::size_t found = short_codes.find(c);
    if (found != std::string_view::npos) {
      out += '\\';
      out += short_names[found];
    } else if (static_cast<unsigned char>(c) < 0x20) {
      out += "\\u00";
      out += digits[c >> 4];
      out += digits[c & 15];
    } else {
      out += c;
    }
  }
  out += '"';
}

std::string hex32(std::uint32_t value) {
  Buffer bytes;
  append_integer(bytes, value, 4);
  return encode_hex(bytes);
}

void put_quick(std::string& out, const ManifestQuick& quick) {
  std::string secret = secret_to_base64url(quick.secret);
  out += ",\"quick\":{\"key\":\"" + encode_base64url(quick.key) + "\",\"secret\":\"";
  out += secret;
  out += "\"}";
  wipe(secret);
}

void put_file(std::string& out, const ManifestFile& file) {
  out += "{\"no\":" + std::to_string(file.no) + ",\"name\":";
  put_text(out, file.name);
  out += ",\"type\":";
  put_text(out, file.type);
  out += ",\"size\":" + std::to_string(file.size) + ",\"crc32\":\"" + hex32(file.crc32) + '"';
  if (file.sha256) out += ",\"sha256\":\"" + encode_hex(*file.sha256) + '"';
  out += ",\"parts\":" + std::to_string(file.parts) + '}';
}

std::string write_json(const Manifest& manifest) {
  std::string out = "{\"from\":";
  put_text(out, manifest.from);
  out += ",\"created\":" + std::to_string(manifest.created) + ",\"subject\":";
  put_text(out, manifest.subject);
  out += ",\"text\":";
  put_text(out, manifest.text);
  if (manifest.quick) put_quick(out, *manifest.quick);
  out += ",\"files\":[";
  for (const ManifestFile& file : manifest.files) {
    if (&file != &manifest.files.front()) out += ',';
    put_file(out, file);
  }
  out += "]}";
  return out;
}

Result<ManifestFile> read_file(const Json& json) {
  ObjectReader fields(json);
  ManifestFile file;
  file.no = static_cast<std::uint32_t>(fields.integer("no", 0, UINT32_MAX));
  file.name = fields.string("name", limits::file_name_bytes_max);
  file.type = fields.string("type", limits::media_type_bytes_max);
  file.size = static_cast<std::uint64_t>(
      fields.integer("size", 0, static_cast<std::int64_t>(limits::file_bytes_max)));
  const Result<Buffer> crc = decode_hex(fields.string("crc32", 8));
  const std::optional<std::string> sha256 = fields.optional_string("sha256", 64);
  file.parts = static_cast<std::uint32_t>(fields.integer("parts", 0, UINT32_MAX));
  const Result<> read = fields.finish();
  if (!read) return pass(read);
  if (!crc || crc->size() != 4) return invalid("crc32");
  file.crc32 = static_cast<std::uint32_t>(read_integer(*crc));
  if (sha256) {
    const Result<Buffer> digest = decode_hex(*sha256);
    if (!digest || digest->size() != sizeof(Sha256Digest)) return invalid("sha256");
    std::copy(digest->begin(), digest->end(), file.sha256.emplace().begin());
  }
  return file;
}

Result<ManifestQuick> read_quick(const Json& json) {
  ObjectReader fields(json);
  const Result<Buffer> key = decode_base64url(fields.string("key", 87));
  std::string text = fields.string("secret", 43);
  Result<Secret<32>> secret = secret_from_base64url<32>(text);
  wipe(text);
  const Result<> read = fields.finish();
  if (!read) return pass(read);
  ManifestQuick quick;
  // An uncompressed point (SEC 1, section 2.3.3); whether it lies on the curve is asked at its use.
  if (!key || key->size() != quick.key.size() || key->front() != std::byte{4} || !secret) {
    return invalid("quick");
  }
  std::copy(key->begin(), key->end(), quick.key.begin());
  quick.secret = std::move(*secret);
  return quick;
}

Result<Manifest> read_json(std::string_view text) {
  const Result<Json> json = parse_json(text, {limits::manifest_json_bytes_max, depth_max});
  if (!json) return pass(json);
  ObjectReader fields(*json);
  Manifest manifest;
  manifest.from = fields.string("from", limits::address_bytes_max);
  manifest.created = fields.integer("created", 0, created_max);
  manifest.subject = fields.string("subject", limits::subject_bytes_max);
  manifest.text = fields.string("text", limits::message_bytes_max);
  const Json* quick = fields.optional_object("quick");
  const Json::Array& files = fields.array("files", limits::files_max);
  const Result<> read = fields.finish();
  if (!read) return pass(read);
  if (quick != nullptr) {
    Result<ManifestQuick> taken = read_quick(*quick);
    if (!taken) return pass(taken);
    manifest.quick = std::move(*taken);
  }
  for (const Json& item : files) {
    Result<ManifestFile> file = read_file(item);
    if (!file) return pass(file);
    manifest.files.push_back(std::move(*file));
  }
  return manifest;
}

}  // namespace

Result<> check_manifest(const Manifest& manifest) {
  if (manifest.from.empty() || !is_text(manifest.from, limits::address_bytes_max)) {
    return invalid("the sender's address");
  }
  if (manifest.created < 0 || manifest.created > created_max) return invalid("the time of making");
  if (!is_text(manifest.subject, limits::subject_bytes_max)) return invalid("the subject");
  if (!is_text(manifest.text, limits::message_bytes_max)) return invalid("the text");
  if (manifest.files.size() > limits::files_max) return invalid("the number of files");
  std::set<std::uint32_t> numbers;
  for (const ManifestFile& file : manifest.files) {
    if (!numbers.insert(file.no).second) return invalid("a file's number came twice");
    const Result<> checked = check_file(file);
    if (!checked) return checked;
  }
  return {};
}

Result<std::string> encode_manifest_json(const Manifest& manifest) {
  const Result<> checked = check_manifest(manifest);
  if (!checked) return pass(checked);
  std::string out = write_json(manifest);
  if (out.size() > limits::manifest_json_bytes_max) {
    wipe(out);
    return fail(ErrorCode::too_large, "a manifest is too long");
  }
  return out;
}

Result<Manifest> decode_manifest_json(std::string_view json) {
  Result<Manifest> manifest = read_json(json);
  if (!manifest) return fail(ErrorCode::damaged, "manifest: " + manifest.error().detail);
  const Result<> checked = check_manifest(*manifest);
  if (!checked) return fail(ErrorCode::damaged, "manifest: " + checked.error().detail);
  std::string again = write_json(*manifest);
  const bool same = again == json;
  wipe(again);
  if (!same) return fail(ErrorCode::damaged, "manifest: another spelling");
  return manifest;
}

}  // namespace couvert
