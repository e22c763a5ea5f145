#include "service/retrieve.h"

#include <algorithm>

#include "crypto/mac.h"
#include "crypto/secret_bytes.h"
#include "service/ask_password.h"
#include "service/content.h"
#include "service/live_slot.h"
#include "service/message_download.h"
#include "service/notice.h"
#include "service/transfer_watch.h"

namespace couvert {
namespace {

// The answer to who tries does not hang on it: where it fails, the next one makes up for it.
void warn(const Parts& parts, const Trier& trier) {
  bool posted = false;
  const Result<> done = parts.database.write([&](Transaction& tx) -> Result<> {
    const Result<bool> warned = warn_sender(parts, tx, trier);
    if (!warned) return pass(warned);
    posted = *warned;
    return Result<>();
  });
  if (!done) parts.log.failure("sender not warned", done.error());
  if (done && posted) parts.wake_outbox();
}

Result<OpenedKeyslot> open_with(const Parts& parts, const LiveSlot& slot,
                                const Secret<32>& secret) {
  const Result<Keyslot> keyslot = uncoat(parts, slot.found.transfer, slot.row);
  if (!keyslot) return pass(keyslot);
  Result<OpenedKeyslot> opened =
      open_keyslot(*keyslot, secret, {scope_of(slot.found.transfer), slot.row.slot_id});
  if (!opened && opened.error().code == ErrorCode::refused) {
    return fail(ErrorCode::refused, "wrong_password");
  }
  return opened;
}

Buffer session_mac(const Secret<32>& secret) {
  const auto digest = mac(secret, "couvert/1 session", {});
  return Buffer(digest.begin(), digest.end());
}

// What a retrieval shows. The transfer ID comes from the notice: the database has its hash only.
Result<Content> read_content(const Parts& parts, const OpenedTransfer& opened) {
  const Result<std::unique_ptr<OpenedManifest>> manifest = OpenedManifest::open(parts, opened);
  if (!manifest) return pass(manifest);
  const Result<Notice> notice = open_transfer_notice(parts, opened.transfer);
  if (!notice) return pass(notice);
  const auto position = static_cast<std::size_t>(opened.recipient.position);
  const Manifest& table = (*manifest)->manifest();
  // What is sealed says who they are; the rows must agree with it.
  const bool agrees =
      position < notice->recipients.size() &&
      notice->recipients[position].address == opened.recipient.address &&
      hash_of(notice->recipients[position].transfer_id) == opened.recipient.transfer_id_hash &&
      table.from == opened.transfer.sender.text;
  if (!agrees) return fail(ErrorCode::damaged, "the rows of a transfer differ from its notice");
  Content content;
  content.transfer_id = notice->recipients[position].transfer_id;
  content.tracking_id = opened.transfer.tracking_id;
  content.from = opened.transfer.sender;
  content.name = notice->name;
  content.phone = notice->phone;
  content.created = from_unix(table.created);
  content.expires = opened.transfer.end;
  content.subject = table.subject;
  content.text = table.text;
  content.files = files_of_manifest(table);
  content.invites = table.quick.has_value();
  return content;
}

// Makes the recipient's session: a held keyslot whose secret only the client keeps.
Result<Retrieval> begin_session(const Parts& parts, const LiveSlot& slot, OpenedKeyslot keys) {
  Retrieval retrieval;
  retrieval.retrieval_id = SlotId::make(parts.random);
  retrieval.token = parts.random.secret<32>();
  const Transfer& transfer = slot.found.transfer;
  const KeyslotForm held{KeyslotKind::held, std::monostate()};
  Result<KeyslotRow> row = make_keyslot(
      parts, transfer, {KeyslotUse::session, held, retrieval.retrieval_id, *retrieval.token, keys});
  if (!row) return pass(row);
  row->position = slot.found.recipient.position;
  row->mac = session_mac(*retrieval.token);
  row->end = std::min<Instant>(row->created + limits::retrieval_life, transfer.end);
  retrieval.ends = row->end;
  const OpenedTransfer opened{transfer, slot.found.recipient, retrieval.retrieval_id,
                              std::move(keys)};
  Result<Content> content = read_content(parts, opened);
  if (!content) return pass(content);
  retrieval.content = std::move(*content);
  const Result<> inserted = parts.database.write([&](Transaction& tx) -> Result<> {
    // Revoked in between: a keyslot without its transfer must not appear.
    const Result<std::optional<Transfer>> current = find_transfer(tx, transfer.seal_id);
    if (!current) return pass(current);
    if (!is_live(*current, parts.clock.now())) return not_there();
    // The recipient was taken back, or its end was changed: the coat would be another day's.
    const Result<std::optional<Recipient>> still =
        find_recipient(tx, slot.found.recipient.transfer_id_hash);
    if (!still) return pass(still);
    if (!still->has_value()) return not_there();
    if ((*current)->end != transfer.end) return fail(ErrorCode::unavailable, "the end changed");
    // A link alone opens for a scanner of mails, too, which is nobody: there a download counts.
    if (slot.row.use != KeyslotUse::link) {
      const Result<bool> first =
          set_opened(tx, transfer.seal_id, slot.found.recipient.position, row->created);
      if (!first) return pass(first);
    }
    return insert_keyslot(tx, *row);
  });
  if (!inserted) return pass(inserted);
  return retrieval;
}

// The transfer behind a recipient's session, and when that ends.
struct OpenedSession {
  OpenedTransfer opened;
  Instant ends;
};

Result<OpenedSession> open_session(const Parts& parts, const RetrievalKey& key) {
  std::optional<KeyslotRow> row;
  std::optional<Transfer> transfer;
  std::optional<Recipient> recipient;
  const Instant now = parts.clock.now();
  const Result<> read = parts.database.read([&](Transaction& tx) -> Result<> {
    Result<std::optional<KeyslotRow>> slot =
        find_session_keyslot(tx, key.retrieval_id, session_mac(key.secret));
    if (!slot) return pass(slot);
    row = std::move(*slot);
    const bool holds = row && now < row->end && now < row->used + parts.settings.retrieval_idle;
    if (!holds) return fail(ErrorCode::denied, "no such retrieval");
    Result<std::optional<Transfer>> found = find_transfer(tx, row->seal_id);
    if (!found) return pass(found);
    transfer = std::move(*found);
    if (!is_live(transfer, now)) return not_there();
    const Result<std::vector<Recipient>> all = recipients_of(tx, row->seal_id);
    if (!all) return pass(all);
    for (const Recipient& one : *all) {
      if (one.position == row->position) recipient = one;
    }
    if (!recipient) return not_there();
    return Result<>();
  });
  if (!read) return pass(read);
  const Result<Keyslot> keyslot = uncoat(parts, *transfer, *row);
  if (!keyslot) return pass(keyslot);
  Result<OpenedKeyslot> keys =
      open_keyslot(*keyslot, key.secret, {scope_of(*transfer), row->slot_id});
  if (!keys) return fail(ErrorCode::damaged, "a session's keyslot does not open");
  if (now - row->used > retrieval_touch) {
    const Result<> touched = parts.database.write(
        [&](Transaction& tx) { return touch_keyslot(tx, key.retrieval_id, now); });
    // Where the disk is full, what is there can still be read.
    if (!touched) parts.log.failure("retrieval not noted as used", touched.error());
  }
  OpenedTransfer opened{std::move(*transfer), std::move(*recipient), key.retrieval_id,
                        std::move(*keys)};
  return OpenedSession{std::move(opened), row->end};
}

// One file of a transfer that a session has opened.
struct ChosenFile {
  OpenedTransfer opened;
  std::unique_ptr<OpenedManifest> manifest;
  std::size_t index = 0;
};

Result<ChosenFile> choose_file(const Parts& parts, const RetrievalKey& key, std::uint32_t no) {
  Result<OpenedSession> session = open_session(parts, key);
  if (!session) return pass(session);
  Result<std::unique_ptr<OpenedManifest>> manifest = OpenedManifest::open(parts, session->opened);
  if (!manifest) return pass(manifest);
  const std::vector<ManifestFile>& files = (*manifest)->manifest().files;
  for (std::size_t index = 0; index < files.size(); ++index) {
    if (files[index].no != no) continue;
    return ChosenFile{std::move(session->opened), std::move(*manifest), index};
  }
  return fail(ErrorCode::denied, "no such file");
}

}  // namespace

Result<OpenBy> Retrieve::find(const TransferId& id) {
  const Result<LiveSlot> slot = find_slot(parts_, id);
  if (!slot) return pass(slot);
  return open_by_of(slot->row);
}

Result<Attempt> Retrieve::try_password(const TransferId& id, const Caller& caller) {
  std::optional<LiveSlot> slot;
  Attempt attempt;
  Result<> admitted;
  bool too_many = false;
  const Result<> read = parts_.database.read([&](Transaction& tx) -> Result<> {
    Result<LiveSlot> found = find_slot(parts_, tx, id);
    if (!found) return pass(found);
    slot = std::move(*found);
    const Recipient& recipient = slot->found.recipient;
    const Result<bool> proven = has_proven(parts_, tx, caller, recipient.address);
    if (!proven) return pass(proven);
    attempt.transfer_id = id;
    attempt.trier = {recipient, caller.network, *proven};
    const Instant now = parts_.clock.now();
    const Result<Tries> tries = tries_of(tx, attempt.trier, now);
    if (!tries) return pass(tries);
    admitted = admit(*tries, attempt.trier, now);
    too_many = has_too_many(*tries);
    return Result<>();
  });
  if (!read) return pass(read);
  // Where a link or a device opens there is no password that could be right.
  if (open_by_of(slot->row) != OpenBy::password) {
    return fail(ErrorCode::refused, "wrong_password");
  }
  if (!admitted) {
    // Where the server ended before it could warn, too.
    if (too_many && !slot->found.transfer.warned) warn(parts_, attempt.trier);
    return pass(admitted);
  }
  const Result<Keyslot> keyslot = uncoat(parts_, slot->found.transfer, slot->row);
  if (!keyslot) return pass(keyslot);
  const auto* parameters = std::get_if<Argon2Parameters>(&keyslot->parameters);
  if (parameters == nullptr) return fail(ErrorCode::damaged, "a password without its keyslot");
  attempt.parameters = *parameters;
  return attempt;
}

Result<> Retrieve::count(Attempt& attempt) {
  return parts_.database.write([&](Transaction& tx) -> Result<> {
    attempt.counted = parts_.clock.now();
    const Result<Tries> tries = count_try(tx, attempt.trier, attempt.counted);
    if (!tries) return pass(tries);
    attempt.last = has_too_many(*tries);
    return Result<>();
  });
}

Result<Retrieval> Retrieve::open(const Attempt& attempt, const Secret<32>& secret) {
  const Result<LiveSlot> slot = find_slot(parts_, attempt.transfer_id);
  if (!slot) return pass(slot);
  Result<OpenedKeyslot> keys = open_with(parts_, *slot, secret);
  if (!keys) {
    if (keys.error().code == ErrorCode::refused && attempt.last) warn(parts_, attempt.trier);
    return pass(keys);
  }
  const Result<> forgiven = parts_.database.write(
      [&](Transaction& tx) { return forgive_try(tx, attempt.trier, attempt.counted); });
  if (!forgiven) return pass(forgiven);
  return begin_session(parts_, *slot, std::move(*keys));
}

Result<Retrieval> Retrieve::open_link(const TransferId& id, std::string_view fragment) {
  const Result<LiveSlot> slot = find_slot(parts_, id);
  if (!slot) return pass(slot);
  // As it stands in the link, or the 32 bytes alone.
  Result<LinkSecret> link = parse_link_fragment(fragment);
  Result<Secret<32>> secret = link && link->mode == Mode::server
                                  ? Result<Secret<32>>(std::move(link->s))
                                  : secret_from_base64url<32>(fragment);
  if (!secret) return fail(ErrorCode::refused, "wrong_password");
  Result<OpenedKeyslot> keys = open_with(parts_, *slot, *secret);
  if (!keys) return pass(keys);
  return begin_session(parts_, *slot, std::move(*keys));
}

Result<> Retrieve::ask_sender(const TransferId& id, const Caller& caller) {
  bool posted = false;
  const Result<> done = parts_.database.write([&](Transaction& tx) -> Result<> {
    const Result<LiveTransfer> found = find_live(parts_, tx, id);
    if (!found) return pass(found);
    const Result<bool> asked =
        ask_for_password(parts_, tx, found->transfer, {found->recipient, caller.network});
    if (!asked) return pass(asked);
    posted = *asked;
    return Result<>();
  });
  if (!done) return pass(done);
  if (posted) parts_.wake_outbox();
  return Result<>();
}

Result<CodeAnswer> Retrieve::mail_code(const TransferId& id, const Caller& caller,
                                       Language language, ClientKind client) {
  const Result<LiveSlot> slot = find_slot(parts_, id);
  if (!slot) return pass(slot);
  if (open_by_of(slot->row) != OpenBy::password) {
    return fail(ErrorCode::conflict, "a transfer without password");
  }
  return Verify(parts_).request_for(caller, slot->found.recipient, language, client);
}

Result<> Retrieve::confirm_code(const TransferId& id, const Caller& caller, std::string_view code) {
  const Result<LiveSlot> slot = find_slot(parts_, id);
  if (!slot) return pass(slot);
  const Result<Verification> proven = Verify(parts_).confirm(
      caller, slot->found.recipient.address.text, code, limits::recipient_proof_life);
  if (!proven) return pass(proven);
  return Result<>();
}

Result<Retrieval> Retrieve::look(const RetrievalKey& key) {
  const Result<OpenedSession> session = open_session(parts_, key);
  if (!session) return pass(session);
  Result<Content> content = read_content(parts_, session->opened);
  if (!content) return pass(content);
  Retrieval retrieval;
  retrieval.retrieval_id = key.retrieval_id;
  retrieval.ends = session->ends;
  retrieval.content = std::move(*content);
  return retrieval;
}

Result<QuickInvitation> Retrieve::invitation(const RetrievalKey& key) {
  const Result<OpenedSession> session = open_session(parts_, key);
  if (!session) return pass(session);
  const OpenedTransfer& opened = session->opened;
  const Result<std::unique_ptr<OpenedManifest>> manifest = OpenedManifest::open(parts_, opened);
  if (!manifest) return pass(manifest);
  const std::optional<ManifestQuick>& quick = (*manifest)->manifest().quick;
  if (!quick) return fail(ErrorCode::conflict, "no_invitation");
  return QuickInvitation{opened.transfer.seal_id, opened.transfer.sender, opened.recipient.address,
                         ManifestQuick{quick->key, quick->secret.clone()}};
}

Result<> Retrieve::finish(const RetrievalKey& key) {
  return parts_.database.write([&](Transaction& tx) -> Result<> {
    const Result<std::optional<KeyslotRow>> row =
        find_session_keyslot(tx, key.retrieval_id, session_mac(key.secret));
    if (!row) return pass(row);
    if (!row->has_value()) return fail(ErrorCode::denied, "no such retrieval");
    return delete_keyslot(tx, (*row)->seal_id, key.retrieval_id);
  });
}

Result<std::unique_ptr<Download>> Retrieve::file(const RetrievalKey& key, std::uint32_t no) {
  Result<ChosenFile> file = choose_file(parts_, key, no);
  if (!file) return pass(file);
  return download_file(parts_, std::move(file->opened), std::move(file->manifest), file->index);
}

Result<View> Retrieve::view(const RetrievalKey& key, std::uint32_t no) {
  Result<ChosenFile> file = choose_file(parts_, key, no);
  if (!file) return pass(file);
  return view_file(parts_, std::move(file->opened), std::move(file->manifest), file->index);
}

Result<std::unique_ptr<Download>> Retrieve::zip(const RetrievalKey& key,
                                                std::vector<std::uint32_t> numbers) {
  Result<OpenedSession> session = open_session(parts_, key);
  if (!session) return pass(session);
  Result<std::unique_ptr<OpenedManifest>> manifest = OpenedManifest::open(parts_, session->opened);
  if (!manifest) return pass(manifest);
  // In the manifest's order, whatever the request's: the same selection gives the same bytes.
  std::sort(numbers.begin(), numbers.end());
  numbers.erase(std::unique(numbers.begin(), numbers.end()), numbers.end());
  const std::vector<ManifestFile>& files = (*manifest)->manifest().files;
  std::vector<std::size_t> indexes;
  for (std::size_t index = 0; index < files.size(); ++index) {
    const bool wanted =
        numbers.empty() || std::binary_search(numbers.begin(), numbers.end(), files[index].no);
    if (wanted) indexes.push_back(index);
  }
  if (indexes.empty() || (!numbers.empty() && indexes.size() != numbers.size())) {
    return fail(ErrorCode::denied, "no such file");
  }
  return download_zip(parts_, std::move(session->opened), std::move(*manifest), std::move(indexes));
}

Result<std::unique_ptr<Download>> Retrieve::message(const RetrievalKey& key, Attached attached) {
  Result<OpenedSession> session = open_session(parts_, key);
  if (!session) return pass(session);
  Result<std::unique_ptr<OpenedManifest>> manifest = OpenedManifest::open(parts_, session->opened);
  if (!manifest) return pass(manifest);
  return download_message(parts_, std::move(session->opened), std::move(*manifest), attached);
}

}  // namespace couvert
