#include "store/transfer_table.h"

#include "store/sql.h"

namespace couvert {

namespace {

constexpr std::int64_t day_seconds = 86400;

// Deletes the rows of `table` that belong to a transfer.
Result<> delete_rows_of(Transaction& tx, std::string_view table, const SealId& id) {
  return run(tx, "DELETE FROM " + std::string(table) + " WHERE seal_id = :seal_id",
             {{"seal_id", encode(id)}});
}

// Whether exactly one row was changed; false where none was.
Result<bool> changed_one(const Result<std::int64_t>& changed) {
  if (!changed) return pass(changed);
  INVARIANT(*changed <= 1);
  return *changed == 1;
}

Result<> or_denied(const Result<bool>& found) {
  if (!found) return pass(found);
  if (!*found) return fail(ErrorCode::denied, "there is no such row");
  return {};
}

}  // namespace

template <>
struct Table<Transfer> {
  static constexpr std::string_view name = "transfer";

  static void columns(auto&& row, auto visit) {
    visit("seal_id", row.seal_id);
    visit("draft_id", row.draft_id);
    visit("tracking_id", row.tracking_id);
    visit("sender", row.sender);
    visit("state", row.state);
    visit("created", row.created);
    visit("started", row.started);
    visit("end", row.end);
    visit("language", row.language);
    visit("open_by", row.open_by);
    visit("notify_delivery", row.notify_delivery);
    visit("notify_download", row.notify_download);
    visit("show_file_names", row.show_file_names);
    visit("request", row.request);
    visit("manifest_object", row.manifest_object);
    visit("notice", row.notice);
    visit("warned", row.warned);
  }
};

template <>
struct Table<Recipient> {
  static constexpr std::string_view name = "recipient";

  static void columns(auto&& row, auto visit) {
    visit("seal_id", row.seal_id);
    visit("position", row.position);
    visit("address", row.address);
    visit("kind", row.kind);
    visit("transfer_id_hash", row.transfer_id_hash);
    visit("slot_id", row.slot_id);
    visit("mail", row.mail);
    visit("retrieved", row.retrieved);
  }
};

Result<> insert_transfer(Transaction& tx, const Transfer& transfer) {
  return insert(tx, transfer);
}

Result<> update_transfer(Transaction& tx, const Transfer& transfer) {
  std::string changes;
  for (const Field& field : fields_of(transfer)) {
    if (field.name == "seal_id") continue;
    changes.append(changes.empty() ? "" : ", ").append("\"").append(field.name);
    changes.append("\" = :").append(field.name);
  }
  return or_denied(changed_one(execute(
      tx, "UPDATE transfer SET " + changes + " WHERE seal_id = :seal_id", fields_of(transfer))));
}

Result<std::optional<Transfer>> find_transfer(Transaction& tx, const SealId& id) {
  return select_one<Transfer>(tx, "WHERE seal_id = :seal_id", {{"seal_id", encode(id)}});
}

Result<std::optional<Transfer>> find_draft(Transaction& tx, const SlotId& draft_id) {
  return select_one<Transfer>(tx, "WHERE draft_id = :draft_id", {{"draft_id", encode(draft_id)}});
}

Result<std::optional<Transfer>> find_tracked(Transaction& tx, const TrackingId& id) {
  return select_one<Transfer>(tx, "WHERE tracking_id = :tracking_id",
                              {{"tracking_id", encode(id)}});
}

Result<std::int64_t> count_drafts(Transaction& tx, const Address& sender) {
  const auto count =
      select_integer(tx, "SELECT COUNT(*) FROM transfer WHERE sender = :sender AND state = 'draft'",
                     {{"sender", encode(sender)}});
  if (!count) return pass(count);
  return count->value_or(0);
}

Result<std::vector<Transfer>> ended_transfers(Transaction& tx, TransferState state, Instant now,
                                              std::size_t limit) {
  return select_readable<Transfer>(
      tx, "WHERE state = :state AND \"end\" <= :now ORDER BY \"end\" LIMIT :limit",
      {{"state", encode(state)}, {"now", encode(now)}, {"limit", encode(limit)}});
}

Result<std::vector<Transfer>> transfers_to_erase(Transaction& tx, std::size_t limit) {
  return select_readable<Transfer>(tx, "WHERE state IN ('revoked', 'expired') LIMIT :limit",
                                   {{"limit", encode(limit)}});
}

Result<> delete_transfer(Transaction& tx, const SealId& id) {
  for (const std::string_view table :
       {"download", "recipient", "keyslot", "draft_form", "file", "part", "outbox", "transfer"}) {
    const Result<> deleted = delete_rows_of(tx, table, id);
    if (!deleted) return deleted;
  }
  return {};
}

Result<bool> is_day_needed(Transaction& tx, std::int64_t day) {
  const auto transfer =
      select_integer(tx,
                     "SELECT 1 FROM transfer WHERE state IN ('draft', 'sealed') "
                     "AND \"end\" >= :first AND \"end\" < :after LIMIT 1",
                     {{"first", day * day_seconds}, {"after", (day + 1) * day_seconds}});
  if (!transfer) return pass(transfer);
  if (*transfer) return true;
  const auto mail =
      select_integer(tx, "SELECT 1 FROM outbox WHERE day = :day LIMIT 1", {{"day", day}});
  if (!mail) return pass(mail);
  return mail->has_value();
}

Result<bool> set_warned(Transaction& tx, const SealId& id, Instant now) {
  return changed_one(
      execute(tx, "UPDATE transfer SET warned = :now WHERE seal_id = :seal_id AND warned IS NULL",
              {{"now", encode(now)}, {"seal_id", encode(id)}}));
}

Result<std::int64_t> take_file_no(Transaction& tx, const SealId& id) {
  const auto taken = select_integer(tx,
                                    "UPDATE transfer SET files_taken = files_taken + 1 "
                                    "WHERE seal_id = :seal_id RETURNING files_taken",
                                    {{"seal_id", encode(id)}});
  if (!taken) return pass(taken);
  if (!*taken) return fail(ErrorCode::denied, "there is no such transfer");
  return **taken - 1;
}

Result<> insert_recipient(Transaction& tx, const Recipient& recipient) {
  return insert(tx, recipient);
}

Result<std::vector<Recipient>> recipients_of(Transaction& tx, const SealId& id) {
  return select<Recipient>(tx, "WHERE seal_id = :seal_id ORDER BY position",
                           {{"seal_id", encode(id)}});
}

Result<std::optional<Recipient>> find_recipient(Transaction& tx, Bytes transfer_id_hash) {
  return select_one<Recipient>(tx, "WHERE transfer_id_hash = :transfer_id_hash",
                               {{"transfer_id_hash", encode(transfer_id_hash)}});
}

Result<> set_mail_state(Transaction& tx, const SealId& id, int position, MailState state) {
  return or_denied(changed_one(execute(
      tx, "UPDATE recipient SET mail = :mail WHERE seal_id = :seal_id AND position = :position",
      {{"mail", encode(state)}, {"seal_id", encode(id)}, {"position", encode(position)}})));
}

Result<bool> set_retrieved(Transaction& tx, const SealId& id, int position, Instant now) {
  return changed_one(
      execute(tx,
              "UPDATE recipient SET retrieved = :now "
              "WHERE seal_id = :seal_id AND position = :position AND retrieved IS NULL",
              {{"now", encode(now)}, {"seal_id", encode(id)}, {"position", encode(position)}}));
}

Result<bool> note_download(Transaction& tx, const Recipient& recipient, std::int64_t file_no,
                           Instant now) {
  return changed_one(execute(tx,
                             "INSERT INTO download (seal_id, position, file_no, finished) "
                             "VALUES (:seal_id, :position, :file_no, :now) "
                             "ON CONFLICT (seal_id, position, file_no) DO NOTHING",
                             {{"seal_id", encode(recipient.seal_id)},
                              {"position", encode(recipient.position)},
                              {"file_no", file_no},
                              {"now", encode(now)}}));
}

}  // namespace couvert
