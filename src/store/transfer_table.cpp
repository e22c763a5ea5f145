#include "store/transfer_table.h"

#include <map>

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

// "name = :name" for every column but the keys' own.
template <class Row>
std::string changes_of(const Row& row) {
  std::string changes;
  for (const Field& field : fields_of(row)) {
    if (field.name == "seal_id" || field.name == "position") continue;
    changes.append(changes.empty() ? "" : ", ").append("\"").append(field.name);
    changes.append("\" = :").append(field.name);
  }
  return changes;
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
    visit("revoked", row.revoked);
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
    visit("mail_settled", row.mail_settled);
    visit("mail_answer", row.mail_answer);
    visit("opened", row.opened);
    visit("revoked", row.revoked);
    visit("mail_id", row.mail_id);
    visit("bounced", row.bounced);
  }
};

Result<> insert_transfer(Transaction& tx, const Transfer& transfer) {
  return insert(tx, transfer);
}

Result<> update_transfer(Transaction& tx, const Transfer& transfer) {
  return or_denied(changed_one(
      execute(tx, "UPDATE transfer SET " + changes_of(transfer) + " WHERE seal_id = :seal_id",
              fields_of(transfer))));
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

Result<std::vector<Transfer>> sent_transfers(Transaction& tx, const Address& sender,
                                             const std::optional<Transfer>& before,
                                             std::size_t limit) {
  constexpr std::string_view order = "ORDER BY started DESC, tracking_id DESC LIMIT :limit";
  if (!before) {
    return select<Transfer>(tx, "WHERE sender = :sender AND started > 0 " + std::string(order),
                            {{"sender", encode(sender)}, {"limit", encode(limit)}});
  }
  return select<Transfer>(tx,
                          "WHERE sender = :sender AND started > 0 AND "
                          "(started, tracking_id) < (:started, :tracking_id) " +
                              std::string(order),
                          {{"sender", encode(sender)},
                           {"started", encode(before->started)},
                           {"tracking_id", encode(before->tracking_id)},
                           {"limit", encode(limit)}});
}

Result<std::vector<Transfer>> received_transfers(Transaction& tx, const ReceivedQuery& query) {
  const std::string open =
      "WHERE seal_id IN (SELECT seal_id FROM recipient WHERE address = :address "
      "AND revoked IS NULL) AND state = 'sealed' AND \"end\" > :now ";
  const std::string order = "ORDER BY started DESC, tracking_id DESC LIMIT :limit";
  Fields fields = {
      {"address", encode(query.to)}, {"now", encode(query.now)}, {"limit", encode(query.limit)}};
  if (!query.before) return select<Transfer>(tx, open + order, fields);
  fields.push_back({"started", encode(query.before->started)});
  fields.push_back({"tracking_id", encode(query.before->tracking_id)});
  return select<Transfer>(
      tx, open + "AND (started, tracking_id) < (:started, :tracking_id) " + order, fields);
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
  for (const std::string_view table : {"viewing", "download", "recipient", "keyslot", "draft_form",
                                       "quick_answer", "file", "part", "outbox", "transfer"}) {
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

Result<std::optional<Recipient>> find_recipient_at(Transaction& tx, const SealId& id,
                                                   int position) {
  return select_one<Recipient>(tx, "WHERE seal_id = :seal_id AND position = :position",
                               {{"seal_id", encode(id)}, {"position", encode(position)}});
}

Result<std::optional<Recipient>> find_recipient(Transaction& tx, Bytes transfer_id_hash) {
  return select_one<Recipient>(tx, "WHERE transfer_id_hash = :transfer_id_hash",
                               {{"transfer_id_hash", encode(transfer_id_hash)}});
}

Result<std::optional<Recipient>> find_recipient_of(Transaction& tx, const SealId& id,
                                                   const Address& address) {
  return select_one<Recipient>(
      tx, "WHERE seal_id = :seal_id AND address = :address AND revoked IS NULL",
      {{"seal_id", encode(id)}, {"address", encode(address)}});
}

Result<> update_recipient(Transaction& tx, const Recipient& recipient) {
  return or_denied(changed_one(execute(tx,
                                       "UPDATE recipient SET " + changes_of(recipient) +
                                           " WHERE seal_id = :seal_id AND position = :position",
                                       fields_of(recipient))));
}

Result<> settle_mail(Transaction& tx, const SealId& id, int position, const SettledMail& mail) {
  return or_denied(
      changed_one(execute(tx,
                          "UPDATE recipient SET mail = :mail, mail_settled = :settled, "
                          "mail_answer = :answer "
                          "WHERE seal_id = :seal_id AND position = :position",
                          {{"mail", encode(mail.state)},
                           {"settled", encode(mail.when)},
                           {"answer", encode(mail.answer)},
                           {"seal_id", encode(id)},
                           {"position", encode(position)}})));
}

Result<> set_mail_id(Transaction& tx, const SealId& id, int position, const MailId& mail) {
  return or_denied(changed_one(execute(
      tx,
      "UPDATE recipient SET mail_id = :mail_id WHERE seal_id = :seal_id AND position = :position",
      {{"mail_id", encode(mail)}, {"seal_id", encode(id)}, {"position", encode(position)}})));
}

Result<bool> note_bounce(Transaction& tx, const MailId& mail, const std::string& answer) {
  return changed_one(execute(tx,
                             "UPDATE recipient SET bounced = :answer WHERE mail_id = :mail_id AND "
                             "bounced IS NULL AND mail <> 'failed' AND revoked IS NULL",
                             {{"answer", encode(answer)}, {"mail_id", encode(mail)}}));
}

Result<std::vector<Recipient>> bounced_recipients(Transaction& tx, std::size_t limit) {
  // Not IS NOT NULL: for that SQLite does not take the index.
  return select_readable<Recipient>(tx, "WHERE bounced >= '' AND mail <> 'waiting' LIMIT :limit",
                                    {{"limit", encode(limit)}});
}

Result<> clear_bounce(Transaction& tx, const SealId& id, int position) {
  return run(
      tx, "UPDATE recipient SET bounced = NULL WHERE seal_id = :seal_id AND position = :position",
      {{"seal_id", encode(id)}, {"position", encode(position)}});
}

Result<bool> set_opened(Transaction& tx, const SealId& id, int position, Instant now) {
  return changed_one(
      execute(tx,
              "UPDATE recipient SET opened = :now "
              "WHERE seal_id = :seal_id AND position = :position AND opened IS NULL",
              {{"now", encode(now)}, {"seal_id", encode(id)}, {"position", encode(position)}}));
}

Result<bool> set_retrieved(Transaction& tx, const SealId& id, int position, Instant now) {
  return changed_one(
      execute(tx,
              "UPDATE recipient SET retrieved = :now "
              "WHERE seal_id = :seal_id AND position = :position AND retrieved IS NULL",
              {{"now", encode(now)}, {"seal_id", encode(id)}, {"position", encode(position)}}));
}

namespace {

// `table` and `column` are the program's own words.
Result<bool> note_once(Transaction& tx, const std::string& table, const std::string& column,
                       const Fields& fields) {
  return changed_one(execute(tx,
                             "INSERT INTO " + table + " (seal_id, position, file_no, " + column +
                                 ") VALUES (:seal_id, :position, :file_no, :now) "
                                 "ON CONFLICT (seal_id, position, file_no) DO NOTHING",
                             fields));
}

Fields fetched_fields(const Recipient& recipient, std::int64_t file_no, Instant now) {
  return {{"seal_id", encode(recipient.seal_id)},
          {"position", encode(recipient.position)},
          {"file_no", file_no},
          {"now", encode(now)}};
}

tl::unexpected<Error> damaged_row(std::string_view table) {
  return fail(ErrorCode::damaged, "table " + std::string(table) + ": a row is damaged");
}

// A row a file and kind (0 viewed, 1 downloaded), in the order of the files.
Result<> add_fetched(const StoredRow& row, std::vector<Fetched>& all) {
  std::int64_t file_no = 0;
  bool downloaded = false;
  Instant when;
  if (!decode(row[0], file_no) || !decode(row[1], downloaded) || !decode(row[2], when)) {
    return damaged_row("download");
  }
  if (all.empty() || all.back().file_no != file_no) all.push_back({file_no, {}, {}});
  (downloaded ? all.back().downloaded : all.back().viewed) = when;
  return {};
}

}  // namespace

Result<bool> note_download(Transaction& tx, const Recipient& recipient, std::int64_t file_no,
                           Instant now) {
  return note_once(tx, "download", "finished", fetched_fields(recipient, file_no, now));
}

Result<bool> note_viewing(Transaction& tx, const Recipient& recipient, std::int64_t file_no,
                          Instant now) {
  return note_once(tx, "viewing", "begun", fetched_fields(recipient, file_no, now));
}

Result<bool> is_viewed(Transaction& tx, const Recipient& recipient, std::int64_t file_no) {
  const auto found = select_integer(tx,
                                    "SELECT 1 FROM viewing WHERE seal_id = :seal_id "
                                    "AND position = :position AND file_no = :file_no",
                                    {{"seal_id", encode(recipient.seal_id)},
                                     {"position", encode(recipient.position)},
                                     {"file_no", file_no}});
  if (!found) return pass(found);
  return found->has_value();
}

Result<std::vector<Fetched>> fetched_by(Transaction& tx, const SealId& id, int position) {
  std::vector<Fetched> all;
  const Query query{
      "SELECT file_no, 0 AS kind, begun FROM viewing "
      "WHERE seal_id = :seal_id AND position = :position UNION ALL "
      "SELECT file_no, 1 AS kind, finished FROM download "
      "WHERE seal_id = :seal_id AND position = :position ORDER BY 1, 2",
      {{"seal_id", encode(id)}, {"position", encode(position)}},
      3};
  const Result<> read = for_each_row(
      tx, query, [&](const StoredRow& row) -> Result<> { return add_fetched(row, all); });
  if (!read) return pass(read);
  return all;
}

Result<std::vector<FetchedCount>> fetched_counts(Transaction& tx, const SealId& id) {
  std::map<int, FetchedCount> counts;
  for (const bool downloaded : {false, true}) {
    const std::string table = downloaded ? "download" : "viewing";
    const Query query{
        "SELECT position, COUNT(*) FROM " + table + " WHERE seal_id = :seal_id GROUP BY position",
        {{"seal_id", encode(id)}},
        2};
    const Result<> read = for_each_row(tx, query, [&](const StoredRow& row) -> Result<> {
      int position = 0;
      std::int64_t count = 0;
      if (!decode(row[0], position) || !decode(row[1], count)) return damaged_row(table);
      FetchedCount& of_it = counts[position];
      of_it.position = position;
      (downloaded ? of_it.downloaded : of_it.viewed) = count;
      return {};
    });
    if (!read) return pass(read);
  }
  std::vector<FetchedCount> all;
  all.reserve(counts.size());
  for (const auto& [position, count] : counts) all.push_back(count);
  return all;
}

Result<RecipientCounts> recipient_counts(Transaction& tx, const SealId& id) {
  RecipientCounts counts;
  const Query query{
      "SELECT COUNT(*), COUNT(CASE WHEN mail = 'failed' THEN 1 END), COUNT(opened), "
      "COUNT(retrieved) FROM recipient WHERE seal_id = :seal_id AND revoked IS NULL",
      {{"seal_id", encode(id)}},
      4};
  const Result<> read = for_each_row(tx, query, [&](const StoredRow& row) -> Result<> {
    const bool whole = decode(row[0], counts.all) && decode(row[1], counts.failed) &&
                       decode(row[2], counts.opened) && decode(row[3], counts.retrieved);
    return whole ? Result<>() : damaged_row("recipient");
  });
  if (!read) return pass(read);
  return counts;
}

Result<std::vector<Recipient>> first_recipients(Transaction& tx, const SealId& id,
                                                std::size_t limit) {
  return select<Recipient>(
      tx, "WHERE seal_id = :seal_id AND revoked IS NULL ORDER BY position LIMIT :limit",
      {{"seal_id", encode(id)}, {"limit", encode(limit)}});
}

}  // namespace couvert
