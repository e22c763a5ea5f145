// The header fields of tus 1.0.0 (resumable uploads): core, creation, termination.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace couvert {

inline constexpr std::string_view tus_version = "1.0.0";
inline constexpr std::string_view tus_extensions = "creation,termination";

/// Upload-Length and Upload-Offset: a canonical whole number below 2^62.
/// Errors: `invalid`.
Result<std::uint64_t> read_tus_number(std::string_view field);

struct UploadMetadata {
  std::string filename;
  std::string filetype;  // empty where it was not given

  bool operator==(const UploadMetadata&) const = default;
};

/// Upload-Metadata: pairs of a key and its base64 value, parted by commas. Keys other than
/// `filename` and `filetype` are read over (tus-js-client sends `relativePath` beside them).
///
/// Errors: `invalid` for a malformed pair, a key twice, text that is not UTF-8, or no filename;
/// `too_large` over 4096 bytes.
Result<UploadMetadata> read_upload_metadata(std::string_view field);

}  // namespace couvert
