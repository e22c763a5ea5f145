#include "service/start.h"

#include <map>

#include "crypto/compare.h"
#include "domain/password.h"
#include "sealing/manifest_file.h"
#include "service/content.h"
#include "service/notification.h"
#include "service/post.h"
#include "service/start_checks.h"
#include "store/draft_form_table.h"

namespace couvert {
namespace {

// The part table for the manifest's writer, a file's rows at a time.
class UploadedParts final : public PartEntries {
 public:
  UploadedParts(const Parts& parts, const SealId& seal_id, const std::vector<OpenedFile>& files)
      : parts_(parts), seal_id_(seal_id), files_(files) {}

  Result<PartEntry> next() override {
    while (part_ == rows_.size()) {
      if (file_ == files_.size()) return fail(ErrorCode::damaged, "parts are missing");
      const Result<> loaded = load(files_[file_++].row.no);
      if (!loaded) return pass(loaded);
    }
    const PartRow& row = rows_[part_];
    if (row.part_no != part_) return fail(ErrorCode::damaged, "a part is missing");
    ++part_;
    end_ += row.bytes;
    return PartEntry{end_, row.commitment};
  }

 private:
  Result<> load(std::uint32_t no) {
    part_ = 0;
    end_ = 0;
    return parts_.database.read([&](Transaction& tx) -> Result<> {
      Result<std::vector<PartRow>> rows = parts_of_file(tx, seal_id_, no);
      if (!rows) return pass(rows);
      rows_ = std::move(*rows);
      return Result<>();
    });
  }

  const Parts& parts_;
  SealId seal_id_;
  const std::vector<OpenedFile>& files_;
  std::size_t file_ = 0;
  std::vector<PartRow> rows_;
  std::size_t part_ = 0;
  std::uint64_t end_ = 0;
};

// A transfer on its way from draft to sealed, between the steps of Start.
struct Sealing {
  Transfer transfer;
  std::vector<OpenedFile> files;
  Manifest manifest;
  OpenedKeyslot keys;  // TK and, once it is sealed, the manifest's commitment
  Notice notice;
  std::vector<Recipient> recipients;
  std::vector<KeyslotRow> keyslots;
};

Manifest make_manifest(const StartRequest& request, const Sealing& sealing,
                       const Allowance& allowance) {
  Manifest manifest;
  manifest.from = sealing.transfer.sender.text;
  manifest.created = to_unix(sealing.transfer.started);
  manifest.subject = request.subject;
  manifest.text = request.text;
  if (request.invitation) {
    manifest.quick = ManifestQuick{request.invitation->key, request.invitation->secret.clone()};
  }
  for (const OpenedFile& file : sealing.files) {
    ManifestFile entry;
    entry.no = file.row.no;
    entry.name = file.record.name;
    entry.type = file.record.type;
    entry.size = file.row.bytes;
    entry.crc32 = file.record.crc32;
    if (allowance.checksums && file.record.sha256) entry.sha256 = file.record.sha256->digest();
    entry.parts = file.row.parts;
    manifest.files.push_back(std::move(entry));
  }
  return manifest;
}

// Seals the manifest into an object of its own, durable on return.
Result<> store_manifest(const Parts& parts, Sealing& sealing) {
  const ObjectId id = ObjectId::make(parts.random);
  Result<std::unique_ptr<ObjectWriter>> object = parts.objects.create(id);
  if (!object) return pass(object);
  ObjectSink sink(**object);
  UploadedParts table(parts, sealing.transfer.seal_id, sealing.files);
  const ManifestTarget target{sink, sealing.keys.transfer_key, scope_of(sealing.transfer)};
  const Result<Commitment> commitment =
      seal_manifest(target, sealing.manifest, table, parts.random);
  if (!commitment) return pass(commitment);
  const Result<> durable = (*object)->commit();
  if (!durable) return pass(durable);
  sealing.keys.manifest = *commitment;
  sealing.transfer.manifest_object = id;
  return Result<>();
}

// What the recipient's link ends in; an envelope's secret is in no mail.
const Secret<32>* link_secret(const StartRecipient& recipient) {
  return recipient.secret && !recipient.envelope ? &*recipient.secret : nullptr;
}

OpenBy way_of(const StartRequest& request, const StartRecipient& recipient) {
  return recipient.envelope ? OpenBy::quick : request.open_by;
}

// The keyslot that only this recipient has.
NewKeyslot own_keyslot(const StartRecipient& recipient, const OpenedKeyslot& keys) {
  const bool is_quick = recipient.envelope.has_value();
  const KeyslotForm form = is_quick ? KeyslotForm{KeyslotKind::quick, *recipient.envelope}
                                    : KeyslotForm{KeyslotKind::link, std::monostate()};
  return {is_quick ? KeyslotUse::quick : KeyslotUse::link, form, *recipient.slot_id,
          *recipient.secret, keys};
}

void make_recipients(const Parts& parts, const StartRequest& request, Sealing& sealing) {
  int position = 0;
  for (const StartRecipient& wanted : request.recipients) {
    const TransferId id = TransferId::make(parts.random);
    Recipient recipient;
    recipient.seal_id = sealing.transfer.seal_id;
    recipient.position = position++;
    recipient.address = Address{wanted.address};
    recipient.kind = wanted.kind;
    recipient.transfer_id_hash = hash_of(id);
    recipient.slot_id = wanted.slot_id.value_or(request.slot_id);
    if (request.notify == Notify::none) {
      recipient.mail = MailState::by_client;
      recipient.mail_settled = sealing.transfer.started;
    }
    sealing.notice.recipients.push_back({recipient.address, id});
    sealing.recipients.push_back(std::move(recipient));
  }
}

// The sender's keyslot anew, now with the manifest's commitment, and those of the recipients.
Result<> make_keyslots(const Parts& parts, const DraftKey& key, const StartRequest& request,
                       Sealing& sealing) {
  const auto add = [&](const NewKeyslot& keyslot, int position) -> Result<> {
    Result<KeyslotRow> row = make_keyslot(parts, sealing.transfer, keyslot);
    if (!row) return pass(row);
    row->position = position;
    sealing.keyslots.push_back(std::move(*row));
    return Result<>();
  };
  const KeyslotForm held{KeyslotKind::held, std::monostate()};
  const Result<> sender =
      add({KeyslotUse::sender, held, key.draft_id, key.secret, sealing.keys}, -1);
  if (!sender) return pass(sender);
  if (request.open_by == OpenBy::password) {
    const KeyslotForm form{KeyslotKind::password, request.password->parameters};
    const Result<> shared = add(
        {KeyslotUse::password, form, request.slot_id, request.password->secret, sealing.keys}, -1);
    if (!shared) return pass(shared);
  }
  for (std::size_t i = 0; i < request.recipients.size(); ++i) {
    const StartRecipient& recipient = request.recipients[i];
    if (!recipient.slot_id) continue;  // the password's
    const Result<> added = add(own_keyslot(recipient, sealing.keys), static_cast<int>(i));
    if (!added) return pass(added);
  }
  return Result<>();
}

Result<> check_unchanged(Transaction& tx, const Sealing& sealing) {
  const Result<std::optional<Transfer>> current = find_transfer(tx, sealing.transfer.seal_id);
  if (!current) return pass(current);
  const Result<std::vector<FileRow>> files = files_of(tx, sealing.transfer.seal_id);
  if (!files) return pass(files);
  bool same = current->has_value() && (*current)->state == TransferState::draft &&
              files->size() == sealing.files.size();
  std::map<std::uint32_t, std::uint32_t> parts_before;  // by the number of the file
  for (const OpenedFile& file : sealing.files) parts_before[file.row.no] = file.row.parts;
  for (std::size_t i = 0; same && i < files->size(); ++i) {
    const auto before = parts_before.find((*files)[i].no);
    same = before != parts_before.end() && before->second == (*files)[i].parts;
  }
  if (!same) return fail(ErrorCode::conflict, "files_differ");
  return Result<>();
}

// The one transaction of Start: after its commit the transfer is sealed and its mails will go out.
Result<> commit(const Parts& parts, const TransferQuestion& question, const StartRequest& request,
                const Sealing& sealing) {
  return parts.database.write([&](Transaction& tx) -> Result<> {
    const Result<> unchanged = check_unchanged(tx, sealing);
    if (!unchanged) return pass(unchanged);
    const auto admitted = check_recipients(parts, tx, question, request);
    if (!admitted) return pass(admitted);
    const Result<> cleared = delete_keyslots(tx, sealing.transfer.seal_id);
    if (!cleared) return pass(cleared);
    for (const KeyslotRow& keyslot : sealing.keyslots) {
      const Result<> inserted = insert_keyslot(tx, keyslot);
      if (!inserted) return pass(inserted);
    }
    for (std::size_t i = 0; i < sealing.recipients.size(); ++i) {
      const Recipient& recipient = sealing.recipients[i];
      const Result<> inserted = insert_recipient(tx, recipient);
      if (!inserted) return pass(inserted);
      if (request.notify == Notify::none) continue;
      const WayIn way{sealing.notice.recipients[i].transfer_id,
                      way_of(request, request.recipients[i]), link_secret(request.recipients[i])};
      const Result<> posted = post(parts, tx,
                                   {MailKind::notification, recipient.address,
                                    notification_of(parts, sealing.transfer, sealing.notice, way),
                                    recipient.seal_id, recipient.position});
      if (!posted) return pass(posted);
    }
    const Result<> forgotten = clear_records(tx, sealing.transfer.seal_id);
    if (!forgotten) return pass(forgotten);
    const Result<> form_gone = delete_draft_form(tx, sealing.transfer.seal_id);
    if (!form_gone) return pass(form_gone);
    return update_transfer(tx, sealing.transfer);
  });
}

void take_options(const StartRequest& request, Instant now, Transfer& transfer) {
  transfer.state = TransferState::sealed;
  transfer.started = std::chrono::floor<std::chrono::seconds>(now);
  transfer.end = std::chrono::floor<std::chrono::seconds>(request.expires);
  transfer.language = request.language;
  transfer.open_by = request.open_by;
  transfer.notify_delivery = request.notify_delivery;
  transfer.notify_download = request.notify_download;
  transfer.show_file_names = request.show_file_names;
}

Notice make_notice(const StartRequest& request, const std::vector<OpenedFile>& files) {
  Notice notice;
  notice.name = request.name;
  notice.phone = request.phone;
  notice.language = request.sender_language;
  notice.subject = request.notification_subject;
  notice.text = request.notification_text;
  notice.file_count = static_cast<std::uint32_t>(files.size());
  notice.invites = request.invitation.has_value();
  if (!request.show_file_names) return notice;
  for (const OpenedFile& file : files) notice.file_names.push_back(file.record.name);
  return notice;
}

// The recipients as Start answers them, by what the notice keeps of them.
std::vector<StartedRecipient> started_recipients(const Parts& parts, const StartRequest& request,
                                                 const Transfer& transfer, const Notice& notice) {
  std::vector<StartedRecipient> started;
  for (std::size_t i = 0; i < request.recipients.size(); ++i) {
    const NoticeRecipient& known = notice.recipients[i];
    const StartRecipient& wanted = request.recipients[i];
    const WayIn way{known.transfer_id, way_of(request, wanted), link_secret(wanted)};
    started.push_back({known.address, wanted.kind, known.transfer_id, link_of(parts, way)});
    if (request.notify == Notify::server) continue;
    started.back().mail = notification_text(parts, transfer, notice, way);
  }
  return started;
}

StartedTransfer as_seen(const Parts& parts, const StartRequest& request, const Sealing& sealing) {
  StartedTransfer started;
  started.tracking_id = sealing.transfer.tracking_id;
  started.created = sealing.transfer.started;
  started.expires = sealing.transfer.end;
  started.recipients = started_recipients(parts, request, sealing.transfer, sealing.notice);
  started.files = files_of_manifest(sealing.manifest);
  return started;
}

// An answer to another invitation than the first one would fit nothing.
bool is_invitation(const Manifest& manifest, const StartRequest& request) {
  if (!manifest.quick || !request.invitation) {
    return manifest.quick.has_value() == request.invitation.has_value();
  }
  return manifest.quick->key == request.invitation->key &&
         same_secret(manifest.quick->secret, request.invitation->secret);
}

// The answer to a request that sealed the draft before: IDs from the notice, files from the
// manifest.
Result<StartedTransfer> answer_again(const Parts& parts, const StartRequest& request,
                                     OpenedDraft draft) {
  if (draft.transfer.request != fingerprint(request)) {
    return fail(ErrorCode::conflict, "started_differently");
  }
  Result<Notice> notice = open_transfer_notice(parts, draft.transfer);
  if (!notice) return pass(notice);
  // Who replaced another one since stands behind those of Start.
  if (notice->recipients.size() < request.recipients.size()) {
    return fail(ErrorCode::damaged, "a notice without its recipients");
  }
  Result<std::unique_ptr<MessageSource>> object =
      open_object(parts.objects, *draft.transfer.manifest_object);
  if (!object) return pass(object);
  const Result<ManifestReader> reader = ManifestReader::open(
      **object, draft.keys.transfer_key, scope_of(draft.transfer), draft.keys.manifest);
  if (!reader) return pass(reader);
  if (!is_invitation(reader->manifest(), request)) {
    return fail(ErrorCode::conflict, "started_differently");
  }
  StartedTransfer started;
  started.repeated = true;
  started.tracking_id = draft.transfer.tracking_id;
  started.created = draft.transfer.started;
  started.expires = draft.transfer.end;
  started.recipients = started_recipients(parts, request, draft.transfer, *notice);
  started.files = files_of_manifest(reader->manifest());
  return started;
}

// What is asked of the policy for a transfer, and what it may be.
struct Ruling {
  TransferQuestion question;
  Allowance allowance;
};

Result<Ruling> rule_on(const Parts& parts, const DraftKey& key, const OpenedDraft& draft,
                       const StartRequest& request) {
  const TransferQuestion question{draft.transfer.sender, key.caller.address, request.reply_to,
                                  parts.clock.now()};
  const auto allowance = parts.database.read_value(
      [&](Transaction& tx) { return check_recipients(parts, tx, question, request); });
  if (!allowance) return pass(allowance);
  return Ruling{question, *allowance};
}

}  // namespace

Result<> Start::admit_password(const DraftKey& key, StartRequest& request,
                               std::string_view password) const {
  std::size_t characters = 0;
  for (const char c : password)
    characters += (static_cast<unsigned char>(c) & 0xc0) != 0x80 ? 1 : 0;
  if (characters > limits::password_characters_max || !is_utf8(password)) {
    return fail(ErrorCode::invalid, "a password has at most 128 characters");
  }
  const Result<> tidied = tidy(request);
  if (!tidied) return pass(tidied);
  const Result<OpenedDraft> draft = open_draft(parts_, key);
  if (!draft) return pass(draft);
  if (draft->transfer.state == TransferState::sealed) return {};  // repeated: admitted before
  const Result<Ruling> ruling = rule_on(parts_, key, *draft, request);
  if (!ruling) return pass(ruling);
  if (!parts_.judge.judge(password, ruling->allowance.password_rules).acceptable) {
    return fail(ErrorCode::refused, "password_weak");
  }
  return {};
}

Result<StartedTransfer> Start::start(const DraftKey& key, StartRequest request) {
  const Result<> tidied = tidy(request);
  if (!tidied) return pass(tidied);
  Result<OpenedDraft> draft = open_draft(parts_, key);
  if (!draft) return pass(draft);
  if (draft->transfer.state == TransferState::sealed) {
    return answer_again(parts_, request, std::move(*draft));
  }
  const Instant now = parts_.clock.now();
  const Result<Ruling> ruling = rule_on(parts_, key, *draft, request);
  if (!ruling) return pass(ruling);
  const Result<> options = check_options(request, ruling->allowance, now);
  if (!options) return pass(options);
  std::string as_typed = fingerprint(request);
  fix_options(request, ruling->allowance);
  Result<std::vector<OpenedFile>> files = open_files(parts_, *draft);
  if (!files) return pass(files);
  Result<std::vector<OpenedFile>> whole = take_files(request, std::move(*files));
  if (!whole) return pass(whole);

  Sealing sealing{
      std::move(draft->transfer), std::move(*whole), {}, std::move(draft->keys), {}, {}, {}};
  take_options(request, now, sealing.transfer);
  sealing.transfer.request = std::move(as_typed);
  sealing.manifest = make_manifest(request, sealing, ruling->allowance);
  sealing.notice = make_notice(request, sealing.files);
  sealing.notice.from_name = ruling->allowance.from_name;
  sealing.notice.reply_to = ruling->allowance.reply_to;
  const Result<> stored = store_manifest(parts_, sealing);
  if (!stored) return pass(stored);
  make_recipients(parts_, request, sealing);
  const Result<> slots = make_keyslots(parts_, key, request, sealing);
  if (!slots) return pass(slots);
  Result<std::string> notice = seal_transfer_notice(parts_, sealing.transfer, sealing.notice);
  if (!notice) return pass(notice);
  sealing.transfer.notice = std::move(*notice);

  const Result<> committed = commit(parts_, ruling->question, request, sealing);
  // A commit that failed may still have reached the disk, so the manifest stays: if it did not, the
  // sweeper of orphans takes it.
  if (!committed) return pass(committed);
  parts_.wake_outbox();
  parts_.log.info("transfer started",
                  {{"tracking_id", sealing.transfer.tracking_id.text()},
                   {"recipients", static_cast<std::int64_t>(sealing.recipients.size())},
                   {"files", static_cast<std::int64_t>(sealing.files.size())}});
  return as_seen(parts_, request, sealing);
}

Result<StretchedPassword> stretch_password(std::string_view password, Random& random) {
  Argon2Parameters parameters;
  parameters.salt = random.bytes<16>();
  Result<Secret<32>> secret = password_secret(password, parameters);
  if (!secret) return pass(secret);
  return StretchedPassword{parameters, std::move(*secret)};
}

}  // namespace couvert
