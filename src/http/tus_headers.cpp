#include "http/tus_headers.h"

#include <algorithm>
#include <charconv>
#include <set>

#include "base/bytes.h"

namespace couvert {
namespace {

constexpr std::size_t metadata_bytes_max = 4096;

Result<std::string> read_value(std::string_view text) {
  const Result<Buffer> value = decode_base64(text);
  if (!value) return pass(value);
  if (!is_utf8(as_text(*value))) return fail(ErrorCode::invalid, "metadata is not UTF-8");
  return std::string(as_text(*value));
}

}  // namespace

Result<std::uint64_t> read_tus_number(std::string_view field) {
  std::uint64_t value = 0;
  const char* end = field.data() + field.size();
  const auto [rest, error] = std::from_chars(field.data(), end, value);
  const bool canonical = field == "0" || !field.starts_with('0');
  if (error != std::errc() || rest != end || !canonical || value >> 62 != 0) {
    return fail(ErrorCode::invalid, "a malformed number");
  }
  return value;
}

Result<UploadMetadata> read_upload_metadata(std::string_view field) {
  if (field.size() > metadata_bytes_max) return fail(ErrorCode::too_large, "metadata too long");
  UploadMetadata metadata;
  std::set<std::string_view> seen;
  while (!field.empty()) {
    const std::size_t comma = std::min(field.find(','), field.size());
    std::string_view pair = field.substr(0, comma);
    field.remove_prefix(std::min(comma + 1, field.size()));
    while (pair.starts_with(' ')) pair.remove_prefix(1);
    const std::size_t space = std::min(pair.find(' '), pair.size());
    const std::string_view key = pair.substr(0, space);
    if (key.empty() || !seen.insert(key).second) return fail(ErrorCode::invalid, "metadata keys");
    Result<std::string> value = read_value(space < pair.size() ? pair.substr(space + 1) : "");
    if (!value) return pass(value);
    if (key == "filename") metadata.filename = std::move(*value);
    if (key == "filetype") metadata.filetype = std::move(*value);
  }
  if (metadata.filename.empty()) return fail(ErrorCode::invalid, "metadata without a filename");
  return metadata;
}

}  // namespace couvert
