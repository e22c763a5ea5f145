// The header fields of tus 1.0.0 (resumable uploads).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "crypto/checksum.h"

namespace couvert {

inline constexpr std::string_view tus_version = "1.0.0";
inline constexpr std::string_view tus_extensions =
    "creation,creation-with-upload,expiration,checksum,termination";
inline constexpr std::string_view tus_checksum_algorithms = "sha1,sha256";

/// Upload-Length and Upload-Offset: a canonical whole number.
/// Errors: `invalid`; `too_large` from 2^62 on.
Result<std::uint64_t> read_tus_number(std::string_view field);

/// Upload-Checksum: the name of an algorithm, a space, the digest in base64.
/// Errors: `invalid`, also for an algorithm that is none of tus_checksum_algorithms.
Result<Checksum> read_upload_checksum(std::string_view field);

struct UploadMetadata {
  std::optional<std::string> filename;
  std::string filetype;  // empty where it was not given

  bool operator==(const UploadMetadata&) const = default;
};

/// Upload-Metadata: pairs of a key and its base64 value, parted by commas; nothing at all is no
/// pair. Keys other than `filename` and `filetype` may have any bytes as value and are read over
/// (tus-js-client sends `relativePath` beside them).
///
/// Errors: `invalid` for a malformed pair, a key twice, a name or type that is not UTF-8;
/// `too_large` over limits::upload_metadata_bytes_max.
Result<UploadMetadata> read_upload_metadata(std::string_view field);

}  // namespace couvert
