#include "service/draft_access.h"

namespace couvert {
namespace {

Result<OpenedFile> open_row(const OpenedDraft& draft, FileRow row) {
  const RecordPlace place{scope_of(draft.transfer), row.no};
  Result<FileRecord> record = open_record(draft.keys.transfer_key, place, row.record);
  if (!record) return pass(record);
  if (record->bytes != row.offset || record->announced_bytes != row.bytes) {
    return fail(ErrorCode::damaged, "a file's row and record disagree");
  }
  return OpenedFile{std::move(row), std::move(*record)};
}

}  // namespace

Result<OpenedDraft> open_draft(const Parts& parts, const DraftKey& key) {
  std::optional<Transfer> transfer;
  std::optional<KeyslotRow> row;
  const Result<> found = parts.database.read([&](Transaction& tx) -> Result<> {
    Result<std::optional<Transfer>> draft = find_draft(tx, key.draft_id);
    if (!draft) return pass(draft);
    transfer = std::move(*draft);
    if (!transfer) return Result<>();
    Result<std::optional<KeyslotRow>> slot = find_keyslot(tx, transfer->seal_id, key.draft_id);
    if (!slot) return pass(slot);
    row = std::move(*slot);
    return Result<>();
  });
  if (!found) return pass(found);
  const bool is_alive =
      transfer && row && parts.clock.now() < transfer->end &&
      (transfer->state == TransferState::draft || transfer->state == TransferState::sealed);
  if (!is_alive) return fail(ErrorCode::denied, "no such draft");
  const Result<> proven = Verify(parts).prove(key.caller, transfer->sender);
  // Somebody else's draft looks like none at all.
  if (!proven && proven.error().code == ErrorCode::unproven) {
    return fail(ErrorCode::denied, "the caller is not the draft's sender");
  }
  if (!proven) return pass(proven);
  const Result<Keyslot> keyslot = uncoat(parts, *transfer, *row);
  if (!keyslot) return pass(keyslot);
  Result<OpenedKeyslot> keys =
      open_keyslot(*keyslot, key.secret, {scope_of(*transfer), row->slot_id});
  if (!keys && keys.error().code == ErrorCode::refused) {
    return fail(ErrorCode::denied, "another secret than the draft's");
  }
  if (!keys) return pass(keys);
  return OpenedDraft{std::move(*transfer), std::move(*keys)};
}

Result<OpenedDraft> open_unstarted(const Parts& parts, const DraftKey& key) {
  Result<OpenedDraft> draft = open_draft(parts, key);
  if (!draft) return pass(draft);
  if (draft->transfer.state != TransferState::draft) {
    return fail(ErrorCode::conflict, "the transfer has been started");
  }
  return draft;
}

Result<OpenedFile> open_file(const Parts& parts, const OpenedDraft& draft, std::uint32_t no) {
  std::optional<FileRow> row;
  const Result<> found = parts.database.read([&](Transaction& tx) -> Result<> {
    Result<std::optional<FileRow>> file = find_file(tx, draft.transfer.seal_id, no);
    if (!file) return pass(file);
    row = std::move(*file);
    return Result<>();
  });
  if (!found) return pass(found);
  if (!row) return fail(ErrorCode::denied, "no such file");
  return open_row(draft, std::move(*row));
}

Result<> erase_file(const Parts& parts, const SealId& draft, std::uint32_t no) {
  std::vector<PartRow> gone;
  const Result<> deleted = parts.database.write([&](Transaction& tx) -> Result<> {
    const Result<std::optional<FileRow>> row = find_file(tx, draft, no);
    if (!row) return pass(row);
    if (!row->has_value()) return fail(ErrorCode::denied, "no such file");
    Result<std::vector<PartRow>> parts_of_it = parts_of_file(tx, draft, no);
    if (!parts_of_it) return pass(parts_of_it);
    gone = std::move(*parts_of_it);
    return delete_file(tx, draft, no);
  });
  if (!deleted) return pass(deleted);
  for (const PartRow& part : gone) drop_object(parts, part.object);
  return Result<>();
}

Result<std::vector<OpenedFile>> open_files(const Parts& parts, const OpenedDraft& draft) {
  std::vector<FileRow> rows;
  const Result<> found = parts.database.read([&](Transaction& tx) -> Result<> {
    Result<std::vector<FileRow>> files = files_of(tx, draft.transfer.seal_id);
    if (!files) return pass(files);
    rows = std::move(*files);
    return Result<>();
  });
  if (!found) return pass(found);
  std::vector<OpenedFile> opened;
  opened.reserve(rows.size());
  for (FileRow& row : rows) {
    Result<OpenedFile> file = open_row(draft, std::move(row));
    if (!file) return pass(file);
    opened.push_back(std::move(*file));
  }
  return opened;
}

}  // namespace couvert
