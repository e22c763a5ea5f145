// The manifest: a transfer's table of contents, as values and as the JSON inside the sealed object.
//
// The JSON has one spelling: what JSON.stringify writes for these fields in this order, absent ones
// left out, and a reader refuses any other. That makes reading cheap, too: each request for some
// bytes of a file reads the whole table of contents. How JSON and part table make a message is
// manifest_file.h. spec/sealing.md, "Files and manifest".
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/secret.h"
#include "crypto/hash.h"

namespace couvert {

/// A file of a transfer. A number is never used twice in a transfer, so numbers may have gaps.
struct ManifestFile {
  std::uint32_t no = 0;
  std::string name;  // with its folders: "folder/a.pdf"; as the sender's system gave it
  std::string type;  // media type, as the sender gave it; may be empty
  std::uint64_t size = 0;
  std::uint32_t crc32 = 0;
  std::optional<Sha256Digest> sha256;
  std::uint32_t parts = 0;  // 0 for an empty file, else 1 and more

  bool operator==(const ManifestFile&) const = default;
};

/// What a QUICK invitation carries: the sender's public key and a secret for the answer.
struct ManifestQuick {
  std::array<std::byte, 65> key{};
  Secret<32> secret;
};

struct Manifest {
  std::string from;          // the sender's address
  std::int64_t created = 0;  // Unix seconds
  std::string subject;       // of the confidential message; may be empty
  std::string text;
  std::optional<ManifestQuick> quick;
  std::vector<ManifestFile> files;  // in the order of the part table
};

/// Whether a manifest may be written: every text within its limit (base/limits.h) and UTF-8 without
/// NUL, file numbers unique, as many parts as a file of that size can have.
/// Errors: `invalid`.
Result<> check_manifest(const Manifest& manifest);

/// The JSON of a manifest that check_manifest() passed. The caller wipes it.
/// Errors: as check_manifest(); `too_large` over 4 MiB.
Result<std::string> encode_manifest_json(const Manifest& manifest);

/// Errors: `damaged` for everything but what encode_manifest_json() writes.
Result<Manifest> decode_manifest_json(std::string_view json);

}  // namespace couvert
