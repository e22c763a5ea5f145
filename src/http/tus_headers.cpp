#include "http/tus_headers.h"

#include <algorithm>
#include <charconv>
#include <set>

#include "base/bytes.h"
#include "base/limits.h"

namespace couvert {
namespace {

// What stands before the first `sign`; takes it and the sign away.
std::string_view take_until(std::string_view& rest, char sign) {
  const std::size_t end = std::min(rest.find(sign), rest.size());
  const std::string_view taken = rest.substr(0, end);
  rest.remove_prefix(std::min(end + 1, rest.size()));
  return taken;
}

Result<std::string> utf8_of(const Buffer& value) {
  if (!is_utf8(as_text(value))) return fail(ErrorCode::invalid, "metadata is not UTF-8");
  return std::string(as_text(value));
}

Result<> read_pair(std::string_view pair, UploadMetadata& metadata) {
  const std::string_view key = take_until(pair, ' ');
  const Result<Buffer> value = decode_base64(pair);
  if (!value) return pass(value);
  if (key != "filename" && key != "filetype") return Result<>();
  Result<std::string> text = utf8_of(*value);
  if (!text) return pass(text);
  if (key == "filename") {
    metadata.filename = std::move(*text);
  } else {
    metadata.filetype = std::move(*text);
  }
  return Result<>();
}

}  // namespace

Result<std::uint64_t> read_tus_number(std::string_view field) {
  std::uint64_t value = 0;
  const char* end = field.data() + field.size();
  const auto [rest, error] = std::from_chars(field.data(), end, value);
  const bool canonical = field == "0" || !field.starts_with('0');
  if (error == std::errc::invalid_argument || rest != end || !canonical) {
    return fail(ErrorCode::invalid, "a malformed number");
  }
  if (error != std::errc() || value >> 62 != 0) return fail(ErrorCode::too_large, "size");
  return value;
}

Result<Checksum> read_upload_checksum(std::string_view field) {
  const std::string_view name = take_until(field, ' ');
  if (name != "sha1" && name != "sha256") return fail(ErrorCode::invalid, "another checksum");
  Checksum checksum;
  checksum.kind = name == "sha1" ? ChecksumKind::sha1 : ChecksumKind::sha256;
  Result<Buffer> digest = decode_base64(field);
  if (!digest) return pass(digest);
  if (digest->size() != digest_bytes(checksum.kind)) {
    return fail(ErrorCode::invalid, "a checksum of another length");
  }
  checksum.digest = std::move(*digest);
  return checksum;
}

Result<UploadMetadata> read_upload_metadata(std::string_view field) {
  if (field.size() > limits::upload_metadata_bytes_max) {
    return fail(ErrorCode::too_large, "metadata too long");
  }
  UploadMetadata metadata;
  std::set<std::string_view> seen;
  while (!field.empty()) {
    std::string_view pair = take_until(field, ',');
    while (pair.starts_with(' ')) pair.remove_prefix(1);
    const std::string_view key = pair.substr(0, pair.find(' '));
    if (key.empty() || !seen.insert(key).second) return fail(ErrorCode::invalid, "metadata keys");
    const Result<> read = read_pair(pair, metadata);
    if (!read) return pass(read);
  }
  return metadata;
}

}  // namespace couvert
