// The record of a draft's file: what is known of it while it is being uploaded.
//
// It is sealed under the transfer key and written anew with each durable part; at Start its content
// goes into the manifest and the record is deleted. The form is the server's own:
//
//     version[1] || str(name) || str(type) || announced length[8] || bytes so far[8] ||
//     CRC-32 so far[4] || 0[1], or 1[1] || state of the SHA-256 so far
//
// Version 1 ends so. Version 2 has str(metadata) behind str(type): the Upload-Metadata of the
// client, which tus gives back as it came; a file without any is written as version 1.
#pragma once

#include <optional>
#include <string>

#include "crypto/hash.h"
#include "sealing/context.h"
#include "sealing/message.h"

namespace couvert {

/// A file on its way in. What is "so far" covers the durable parts, no byte more.
struct FileRecord {
  std::string name;
  std::string type;
  std::string metadata;  // Upload-Metadata as it came, or empty
  std::uint64_t announced_bytes = 0;
  std::uint64_t bytes = 0;
  std::uint32_t crc32 = 0;
  std::optional<Sha256> sha256;  // only where the policy asks for checksums

  /// Takes the next plaintext bytes into length and checksums.
  void add(Bytes plain);
};

/// The unsealed form. Name, type and metadata must have passed the limits (base/limits.h).
Buffer encode_record(const FileRecord& record);
/// Errors: `damaged` for everything but what encode_record() writes.
Result<FileRecord> decode_record(Bytes bytes);

/// Which file's record.
struct RecordPlace {
  SealScope scope;
  std::uint32_t file = 0;
};

Buffer seal_record(const Secret<32>& transfer_key, const RecordPlace& place,
                   const FileRecord& record, Random& random);
/// Errors: `damaged`, also under another key or for another file.
Result<FileRecord> open_record(const Secret<32>& transfer_key, const RecordPlace& place,
                               Bytes sealed);

}  // namespace couvert
