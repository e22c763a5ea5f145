// The tables `file` (the files of drafts and transfers) and `part` (the objects of a transfer's
// files).
#pragma once

#include <array>
#include <optional>
#include <vector>

#include "base/bytes.h"
#include "base/id.h"
#include "domain/address.h"
#include "store/database.h"

namespace couvert {

/// A file of a draft. Name and checksums lie sealed in `record`, which is empty after Start: what
/// the files are called stands in the manifest from then on.
struct FileRow {
  SealId seal_id;
  std::uint32_t no = 0;
  std::uint64_t bytes = 0;   // announced
  std::uint64_t offset = 0;  // durable so far
  std::uint32_t parts = 0;   // durable so far
  Buffer record;             // sealed: couvert/1 record
};

/// A part of a file, as an object. Lives as long as the transfer's content.
struct PartRow {
  SealId seal_id;
  std::uint32_t file_no = 0;
  std::uint32_t part_no = 0;
  ObjectId object;
  std::uint64_t bytes = 0;  // of plaintext
  std::array<std::byte, 32> commitment{};
};

Result<> insert_file(Transaction& tx, const FileRow& file);
Result<std::optional<FileRow>> find_file(Transaction& tx, const SealId& id, std::uint32_t no);
/// In the order of their numbers.
Result<std::vector<FileRow>> files_of(Transaction& tx, const SealId& id);
/// Writes `record`, and with it a new writer, into a row that still holds `file.record`: a record
/// is sealed under a fresh salt each time, so it names the writer that wrote it, and whoever had
/// the file before can advance it no more. Errors: `conflict` where another writer was faster or
/// the file is gone.
Result<> claim_file(Transaction& tx, const FileRow& file, const Buffer& record);
/// Moves a file on by one part: offset, parts and record, only where the row still holds the record
/// `held` and stands at `part.part_no` parts; inserts the part's row. One writer wins.
/// Errors: `conflict` where another writer has taken the file over or the file is gone.
Result<> advance_file(Transaction& tx, const FileRow& file, const PartRow& part,
                      const Buffer& held);
/// Deletes the rows of a file and its parts; the objects become orphans, which the caller erases.
Result<> delete_file(Transaction& tx, const SealId& id, std::uint32_t no);
/// Start: the records go, numbers and sizes stay for the sender. No writer can go on with them.
Result<> clear_records(Transaction& tx, const SealId& id);
/// How many files a transfer has, and their bytes together.
struct FileTotals {
  std::int64_t count = 0;
  std::int64_t bytes = 0;
};
Result<FileTotals> file_totals(Transaction& tx, const SealId& id);
/// What the files of all drafts of a sender announce together, in bytes.
Result<std::uint64_t> unsent_bytes(Transaction& tx, const Address& sender);

/// Which part of which file.
struct PartKey {
  SealId seal_id;
  std::uint32_t file_no = 0;
  std::uint32_t part_no = 0;
};

Result<std::optional<PartRow>> find_part(Transaction& tx, const PartKey& part);
/// In the order of their numbers.
Result<std::vector<PartRow>> parts_of_file(Transaction& tx, const SealId& id, std::uint32_t no);
/// At most `limit`, for erasing.
Result<std::vector<PartRow>> parts_of(Transaction& tx, const SealId& id, std::size_t limit);
Result<> delete_part(Transaction& tx, const PartRow& part);
/// Whether a part or a manifest has this object.
Result<bool> is_object_known(Transaction& tx, const ObjectId& id);

/// Every object that a row names: parts (with the length of the sealed message that plaintext of
/// part.bytes makes left to the caller) and manifests. Calls `visit` one by one.
struct ObjectReference {
  ObjectId object;
  SealId seal_id;
  std::optional<std::uint64_t> plain_bytes;  // of a part; a manifest has neither
  std::optional<std::array<std::byte, 32>> commitment;
};
Result<> for_each_reference(Transaction& tx,
                            const std::function<Result<>(const ObjectReference&)>& visit);

}  // namespace couvert
