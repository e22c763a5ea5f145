#include "sealing/manifest.h"

#include <algorithm>
#include <set>

#include "base/limits.h"
#include "crypto/secret_bytes.h"
#include "sealing/spelling.h"

namespace couvert {
namespace {

constexpr std::int64_t created_max = 253'402'300'799;  // the last second of the year 9999

tl::unexpected<Error> invalid(std::string why) {
  return fail(ErrorCode::invalid, std::move(why));
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

ManifestFile read_file(SpellingReader& json) {
  ManifestFile file;
  file.no = static_cast<std::uint32_t>(json.number("{\"no\":", UINT32_MAX));
  file.name = json.text(",\"name\":", limits::file_name_bytes_max);
  file.type = json.text(",\"type\":", limits::media_type_bytes_max);
  file.size = json.number(",\"size\":", limits::file_bytes_max);
  file.crc32 = static_cast<std::uint32_t>(read_integer(json.hex(",\"crc32\":", 4)));
  if (json.skip(",\"sha256\":")) {
    const Buffer digest = json.hex("", sizeof(Sha256Digest));
    std::copy(digest.begin(), digest.end(), file.sha256.emplace().begin());
  }
  file.parts = static_cast<std::uint32_t>(json.number(",\"parts\":", UINT32_MAX));
  json.expect("}");
  return file;
}

// A key is an uncompressed point (SEC 1, section 2.3.3); whether it lies on the curve is asked at
// its use.
ManifestQuick read_quick(SpellingReader& json) {
  ManifestQuick quick;
  json.base64url("{\"key\":", quick.key);
  json.base64url(",\"secret\":", quick.secret.fill());
  json.expect("}");
  return quick;
}

Result<Manifest> read_json(std::string_view text) {
  SpellingReader json(text);
  Manifest manifest;
  manifest.from = json.text("{\"from\":", limits::address_bytes_max);
  manifest.created = static_cast<std::int64_t>(json.number(",\"created\":", created_max));
  manifest.subject = json.text(",\"subject\":", limits::subject_bytes_max);
  manifest.text = json.text(",\"text\":", limits::message_bytes_max);
  if (json.skip(",\"quick\":")) {
    manifest.quick = read_quick(json);
    if (manifest.quick->key[0] != std::byte{4}) return invalid("a key in another form");
  }
  json.expect(",\"files\":[");
  bool more = !json.skip("]}");
  while (more && json.is_good() && manifest.files.size() < limits::files_max) {
    manifest.files.push_back(read_file(json));
    more = json.skip(",");
    if (!more) json.expect("]}");
  }
  if (more || !json.is_good() || !json.is_over()) return invalid("another spelling");
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
  if (json.size() > limits::manifest_json_bytes_max) {
    return fail(ErrorCode::damaged, "manifest: too long");
  }
  Result<Manifest> manifest = read_json(json);
  if (!manifest) return fail(ErrorCode::damaged, "manifest: " + manifest.error().detail);
  const Result<> checked = check_manifest(*manifest);
  if (!checked) return fail(ErrorCode::damaged, "manifest: " + checked.error().detail);
  return manifest;
}

}  // namespace couvert
