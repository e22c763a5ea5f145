#include "service/draft.h"

#include "sealing/sealed_text.h"
#include "service/ask_policy.h"
#include "service/draft_access.h"
#include "service/repeat.h"
#include "service/upload.h"
#include "store/counter_table.h"
#include "store/draft_form_table.h"
#include "store/keyslot_table.h"

namespace couvert {
namespace {

DraftFile as_seen(const OpenedDraft& draft, const OpenedFile& file) {
  return {file.row.no,     file.record.name,     file.record.type,  file.row.bytes,
          file.row.offset, file.record.metadata, draft.transfer.end};
}

// What is to be added, and from where.
struct NewBytes {
  std::uint64_t bytes = 0;
  const std::optional<IpAddress>& client;
  const Policy& policy;
};

// What the sender's policy lets one transfer hold, and all that were not started together.
Result<> check_room(Transaction& tx, const Transfer& draft, const ServiceSettings& settings,
                    const NewBytes& add) {
  const std::uint64_t more = add.bytes;
  // Counted by the database: reading the rows of thousands of files for each one that comes took
  // longer than everything else about it.
  const Result<FileTotals> there = file_totals(tx, draft.seal_id);
  if (!there) return pass(there);
  if (std::cmp_greater_equal(there->count, limits::files_max)) {
    return fail(ErrorCode::too_large, "too many files in a draft");
  }
  const std::uint64_t sum = static_cast<std::uint64_t>(there->bytes) + more;
  // Who receives is not known yet: Start holds the sum against the rules for them.
  if (sum > add.policy.transfer_bytes_max(draft.sender, add.client, settings.allowance)) {
    return fail(ErrorCode::too_large, "size");
  }
  const Result<std::uint64_t> unsent = unsent_bytes(tx, draft.sender);
  if (!unsent) return pass(unsent);
  if (more > settings.unsent_bytes_max || *unsent > settings.unsent_bytes_max - more) {
    return fail(ErrorCode::full, "quota");
  }
  return Result<>();
}

// What of a checksum's promise can be kept: its parts wait in memory until it is known.
Result<> check_length(const UploadPiece& piece) {
  if (piece.checksum && piece.bytes > limits::checked_bytes_max) {
    return fail(ErrorCode::too_large, "too many bytes for one checksum");
  }
  return Result<>();
}

// A small part costs as much as a large one, so there are none but at the end.
bool is_too_small(const UploadPiece& piece, std::uint64_t size) {
  return piece.bytes < limits::upload_bytes_min && piece.offset + piece.bytes != size;
}

Result<> check_piece(const UploadPiece& piece, const FileRow& file) {
  if (piece.offset != file.offset) return fail(ErrorCode::conflict, "another offset");
  if (piece.bytes > file.bytes - piece.offset) {
    return fail(ErrorCode::too_large, "past the announced size");
  }
  if (piece.bytes > 0 && is_too_small(piece, file.bytes)) {
    return fail(ErrorCode::invalid, "piece_too_small");
  }
  return check_length(piece);
}

}  // namespace

Result<Draft> Drafts::create(const DraftKey& key, const Address& from) {
  const Result<> proven = Verify(parts_).prove(key.caller, from);
  if (!proven) return pass(proven);
  Transfer transfer;
  transfer.seal_id = SealId::make(parts_.random);
  transfer.draft_id = key.draft_id;
  transfer.tracking_id = TrackingId::make(parts_.random);
  transfer.sender = from;
  transfer.created = parts_.clock.now();
  transfer.end = transfer.created + limits::draft_life;
  const OpenedKeyslot content{parts_.random.secret<32>(), Commitment{}};
  const KeyslotForm form{KeyslotKind::held, std::monostate()};
  const Result<KeyslotRow> keyslot =
      make_keyslot(parts_, transfer, {KeyslotUse::sender, form, key.draft_id, key.secret, content});
  if (!keyslot) return pass(keyslot);
  bool known = false;
  const Result<> stored = parts_.database.write([&](Transaction& tx) -> Result<> {
    const Result<std::optional<Transfer>> earlier = find_draft(tx, key.draft_id);
    if (!earlier) return pass(earlier);
    known = earlier->has_value();
    if (known) return Result<>();
    const Result<std::int64_t> drafts = count_drafts(tx, from);
    if (!drafts) return pass(drafts);
    const Instant hour = std::chrono::floor<std::chrono::hours>(transfer.created);
    const Result<std::int64_t> made =
        add_to_counter(tx, "drafts from " + key.caller.network, hour, 1);
    if (!made) return pass(made);
    if (*drafts >= static_cast<std::int64_t>(limits::drafts_per_sender_max) ||
        *made > limits::drafts_per_network_max) {
      return fail(ErrorCode::throttled, "3600");
    }
    const Result<> inserted = insert_transfer(tx, transfer);
    if (!inserted) return pass(inserted);
    return insert_keyslot(tx, *keyslot);
  });
  if (!stored) return pass(stored);
  if (!known) return Draft{transfer.draft_id, transfer.seal_id, from, transfer.end, {}};
  // The same request again, after an answer that got lost; with another secret it is a clash.
  Result<Draft> earlier = find(key);
  if (!earlier || earlier->from != from) return fail(ErrorCode::conflict, "the ID is taken");
  return earlier;
}

Result<Draft> Drafts::find(const DraftKey& key) {
  const Result<OpenedDraft> draft = open_unstarted(parts_, key);
  if (!draft) return pass(draft);
  const Result<std::vector<OpenedFile>> files = open_files(parts_, *draft);
  if (!files) return pass(files);
  Draft seen{
      key.draft_id, draft->transfer.seal_id, draft->transfer.sender, draft->transfer.end, {}};
  for (const OpenedFile& file : *files) seen.files.push_back(as_seen(*draft, file));
  return seen;
}

Result<> Drafts::remove(const DraftKey& key) {
  const Result<OpenedDraft> draft = open_unstarted(parts_, key);
  if (!draft) return pass(draft);
  // Only the state changes here; the round that erases ended transfers does the slow rest.
  return parts_.database.write([&](Transaction& tx) -> Result<> {
    Result<std::optional<Transfer>> current = find_draft(tx, key.draft_id);
    if (!current) return pass(current);
    if (!current->has_value() || (*current)->state != TransferState::draft) {
      return fail(ErrorCode::conflict, "the transfer has been started");
    }
    (*current)->state = TransferState::revoked;
    const Result<> updated = update_transfer(tx, **current);
    if (!updated) return pass(updated);
    return delete_keyslots(tx, (*current)->seal_id);
  });
}

Result<> Drafts::save_form(const DraftKey& key, std::string_view text) {
  if (text.size() > limits::draft_form_bytes_max) {
    return fail(ErrorCode::too_large, "a draft's form");
  }
  const Result<OpenedDraft> draft = open_unstarted(parts_, key);
  if (!draft) return pass(draft);
  const DraftFormRow row{draft->transfer.seal_id,
                         seal_form(draft->keys.transfer_key, scope_of(draft->transfer),
                                   as_bytes(text), parts_.random)};
  return parts_.database.write([&](Transaction& tx) -> Result<> {
    // Start takes the form away: one that came later would lie there for the transfer's life.
    const Result<std::optional<Transfer>> current = find_draft(tx, key.draft_id);
    if (!current) return pass(current);
    if (!current->has_value() || (*current)->state != TransferState::draft) {
      return fail(ErrorCode::conflict, "the transfer has been started");
    }
    return put_draft_form(tx, row);
  });
}

Result<std::optional<std::string>> Drafts::form(const DraftKey& key) {
  const Result<OpenedDraft> draft = open_unstarted(parts_, key);
  if (!draft) return pass(draft);
  std::optional<DraftFormRow> row;
  const Result<> found = parts_.database.read([&](Transaction& tx) -> Result<> {
    Result<std::optional<DraftFormRow>> form = find_draft_form(tx, draft->transfer.seal_id);
    if (!form) return pass(form);
    row = std::move(*form);
    return Result<>();
  });
  if (!found) return pass(found);
  if (!row) return std::optional<std::string>();
  Result<Buffer> plain =
      open_form(draft->keys.transfer_key, scope_of(draft->transfer), row->sealed);
  if (!plain) return pass(plain);
  std::optional<std::string> text(as_text(*plain));
  wipe(*plain);
  return text;
}

Result<NewUpload> Drafts::create_file(const DraftKey& key, const NewFile& file,
                                      const UploadPiece& first) {
  FileRecord record;
  if (file.name) {
    Result<std::string> name = check_file_name(*file.name);
    if (!name) return pass(name);
    record.name = std::move(*name);
  }
  if (file.size > limits::file_bytes_max || first.bytes > file.size) {
    return fail(ErrorCode::too_large, "size");
  }
  const Result<> length = check_length(first);
  if (!length) return pass(length);
  Result<OpenedDraft> draft = open_unstarted(parts_, key);
  if (!draft) return pass(draft);
  const Result<> space = check_space(parts_, Space::to_begin);
  if (!space) return pass(space);
  record.type = check_media_type(file.type);
  record.metadata = file.metadata;
  record.announced_bytes = file.size;
  FileRow row;
  row.seal_id = draft->transfer.seal_id;
  row.bytes = file.size;
  std::optional<std::int64_t> earlier;
  const Instant now = parts_.clock.now();
  const Result<> stored = parts_.database.write([&](Transaction& tx) -> Result<> {
    const auto done = done_before(tx, key.caller, row.seal_id, now);
    if (!done) return pass(done);
    earlier = *done;
    if (earlier) return Result<>();
    const Result<Policy> policy = read_policy(tx);
    if (!policy) return pass(policy);
    const Result<> room =
        check_room(tx, draft->transfer, parts_.settings, {file.size, key.caller.address, *policy});
    if (!room) return pass(room);
    const Result<std::int64_t> no = take_file_no(tx, row.seal_id);
    if (!no) return pass(no);
    row.no = static_cast<std::uint32_t>(*no);
    record.sha256.reset();  // a transaction may begin anew
    if (policy->may_want_checksums(draft->transfer.sender, parts_.settings.allowance)) {
      record.sha256.emplace();
    }
    if (!file.name) record.name = "file-" + std::to_string(row.no + 1);
    row.record = seal_record(draft->keys.transfer_key, {scope_of(draft->transfer), row.no}, record,
                             parts_.random);
    const Result<> inserted = insert_file(tx, row);
    if (!inserted) return pass(inserted);
    return note_done(tx, key.caller, row.seal_id, {*no, now});
  });
  if (!stored) return pass(stored);
  if (earlier) {
    const Result<DraftFile> known = find_file(key, static_cast<std::uint32_t>(*earlier));
    if (!known) return pass(known);
    return NewUpload{known->no, known->expires, nullptr, known->offset};
  }
  NewUpload created{row.no, draft->transfer.end, nullptr};
  if (first.bytes == 0 || is_too_small(first, file.size)) return created;
  OpenedFile opened{std::move(row), std::move(record)};
  created.upload = begin_upload(parts_, std::move(*draft), std::move(opened),
                                {first.checksum, OnRefusal::erase_file});
  return created;
}

Result<DraftFile> Drafts::find_file(const DraftKey& key, std::uint32_t no) {
  const Result<OpenedDraft> draft = open_unstarted(parts_, key);
  if (!draft) return pass(draft);
  const Result<OpenedFile> file = open_file(parts_, *draft, no);
  if (!file) return pass(file);
  return as_seen(*draft, *file);
}

Result<> Drafts::remove_file(const DraftKey& key, std::uint32_t no) {
  const Result<OpenedDraft> draft = open_unstarted(parts_, key);
  if (!draft) return pass(draft);
  return erase_file(parts_, draft->transfer.seal_id, no);
}

Result<std::unique_ptr<Upload>> Drafts::upload(const DraftKey& key, std::uint32_t no,
                                               const UploadPiece& piece) {
  Result<OpenedDraft> draft = open_unstarted(parts_, key);
  if (!draft) return pass(draft);
  Result<OpenedFile> file = open_file(parts_, *draft, no);
  if (!file) return pass(file);
  const Result<> fits = check_piece(piece, file->row);
  if (!fits) return pass(fits);
  // Who holds the row's record has the file. A client whose line broke goes on at once, though the
  // request that it lost may still wait for bytes here.
  Buffer record = seal_record(draft->keys.transfer_key, {scope_of(draft->transfer), no},
                              file->record, parts_.random);
  const Result<> claimed =
      parts_.database.write([&](Transaction& tx) { return claim_file(tx, file->row, record); });
  if (!claimed) return pass(claimed);
  file->row.record = std::move(record);
  return begin_upload(parts_, std::move(*draft), std::move(*file),
                      {piece.checksum, OnRefusal::keep_file});
}

}  // namespace couvert
