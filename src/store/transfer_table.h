// The tables `transfer` and `recipient`, and what each recipient has had of each file.
//
// Errors:  besides those named, each function has those of the database (store/database.h):
//          `unavailable`, `full`, and `damaged` for a row that cannot be read.
// Order:   within read() or write(); what changes rows within write() only.
// Memory:  a list has a bound: `limit`, or limits::recipients_max and limits::files_max.
// Threads: those of the transaction.
#pragma once

#include <optional>
#include <vector>

#include "domain/transfer.h"
#include "store/database.h"

namespace couvert {

/// Errors: `conflict` where the seal ID, draft ID or tracking ID is taken.
Result<> insert_transfer(Transaction& tx, const Transfer& transfer);
/// Writes every field but the seal ID. Errors: `denied` where there is none.
Result<> update_transfer(Transaction& tx, const Transfer& transfer);
Result<std::optional<Transfer>> find_transfer(Transaction& tx, const SealId& id);
Result<std::optional<Transfer>> find_draft(Transaction& tx, const SlotId& draft_id);
Result<std::optional<Transfer>> find_tracked(Transaction& tx, const TrackingId& id);
/// What a sender has started, the latest first, at most `limit`; behind `before` in that order.
Result<std::vector<Transfer>> sent_transfers(Transaction& tx, const Address& sender,
                                             const std::optional<Transfer>& before,
                                             std::size_t limit);
/// Which transfers a recipient may open.
struct ReceivedQuery {
  Address to;
  Instant now;
  std::optional<Transfer> before;
  std::size_t limit = 0;
};
/// Those that are sealed, have not ended and were not taken back from it, the latest first, at most
/// `limit`; behind `before` in that order.
Result<std::vector<Transfer>> received_transfers(Transaction& tx, const ReceivedQuery& query);
Result<std::int64_t> count_drafts(Transaction& tx, const Address& sender);

/// Transfers in `state` whose end is at or before `now`, oldest first, at most `limit`. Here and in
/// transfers_to_erase() rows that cannot be read are passed over.
Result<std::vector<Transfer>> ended_transfers(Transaction& tx, TransferState state, Instant now,
                                              std::size_t limit);
/// Revoked and expired transfers, until they are erased; in no order, at most `limit`.
Result<std::vector<Transfer>> transfers_to_erase(Transaction& tx, std::size_t limit);
/// Deletes a transfer with everything that belongs to it.
Result<> delete_transfer(Transaction& tx, const SealId& id);
/// Whether a draft, sealed transfer or waiting mail needs the key of a day (Unix seconds / 86400).
Result<bool> is_day_needed(Transaction& tx, std::int64_t day);

/// Notes that the sender was told of wrong passwords; false where that was noted before.
Result<bool> set_warned(Transaction& tx, const SealId& id, Instant now);

/// The number for a new file of a draft: counts up, never the same twice.
Result<std::int64_t> take_file_no(Transaction& tx, const SealId& id);

Result<> insert_recipient(Transaction& tx, const Recipient& recipient);
/// In the order of their positions.
Result<std::vector<Recipient>> recipients_of(Transaction& tx, const SealId& id);
Result<std::optional<Recipient>> find_recipient_at(Transaction& tx, const SealId& id, int position);
Result<std::optional<Recipient>> find_recipient(Transaction& tx, Bytes transfer_id_hash);
/// The one of this address that was not taken back.
Result<std::optional<Recipient>> find_recipient_of(Transaction& tx, const SealId& id,
                                                   const Address& address);
/// Writes every field but seal ID and position. Errors: `conflict` where the transfer ID is taken;
/// `denied` where there is no such recipient.
Result<> update_recipient(Transaction& tx, const Recipient& recipient);

/// What became of a recipient's mail.
struct SettledMail {
  MailState state = MailState::handed_over;
  Instant when;
  std::string answer;  // of the mail server that would not have it
};
/// Errors: `denied` where there is no such recipient.
Result<> settle_mail(Transaction& tx, const SealId& id, int position, const SettledMail& mail);

/// Which mail tells a recipient of the transfer. Errors: `denied` where there is no such recipient.
Result<> set_mail_id(Transaction& tx, const SealId& id, int position, const MailId& mail);
/// Notes why the mail came back, until clear_bounce(). False where it is no recipient's latest, is
/// known not to arrive, or no longer theirs.
Result<bool> note_bounce(Transaction& tx, const MailId& mail, const std::string& answer);
/// Those with such a note whose mail was handed over or given up; in no order, at most `limit`.
/// Rows that cannot be read are passed over.
Result<std::vector<Recipient>> bounced_recipients(Transaction& tx, std::size_t limit);
Result<> clear_bounce(Transaction& tx, const SealId& id, int position);

/// Notes the first time that the recipient opened the transfer; false where one was noted before.
Result<bool> set_opened(Transaction& tx, const SealId& id, int position, Instant now);
/// Notes the first finished download; false where one was noted before.
Result<bool> set_retrieved(Transaction& tx, const SealId& id, int position, Instant now);
/// Notes a finished download of a file by a recipient; false where it was noted before.
Result<bool> note_download(Transaction& tx, const Recipient& recipient, std::int64_t file_no,
                           Instant now);

/// Notes the first time that a recipient looked at a file in the page; false where noted before.
Result<bool> note_viewing(Transaction& tx, const Recipient& recipient, std::int64_t file_no,
                          Instant now);

/// Whether such a time is noted.
Result<bool> is_viewed(Transaction& tx, const Recipient& recipient, std::int64_t file_no);

/// What one recipient has had of one file; at least one of the two.
struct Fetched {
  std::int64_t file_no = 0;
  std::optional<Instant> viewed;
  std::optional<Instant> downloaded;

  bool operator==(const Fetched&) const = default;
};
/// In the order of the file numbers.
Result<std::vector<Fetched>> fetched_by(Transaction& tx, const SealId& id, int position);

/// Of how many files each recipient has had something, in the order of the positions; who has had
/// nothing is left out.
struct FetchedCount {
  int position = 0;
  std::int64_t viewed = 0;
  std::int64_t downloaded = 0;
};
Result<std::vector<FetchedCount>> fetched_counts(Transaction& tx, const SealId& id);

/// How a transfer's recipients stand, for a list of transfers. Who was taken back is not counted.
struct RecipientCounts {
  std::int64_t all = 0;
  std::int64_t failed = 0;  // their mail was given up
  std::int64_t opened = 0;
  std::int64_t retrieved = 0;
};
Result<RecipientCounts> recipient_counts(Transaction& tx, const SealId& id);
/// The first `limit` that were not taken back.
Result<std::vector<Recipient>> first_recipients(Transaction& tx, const SealId& id,
                                                std::size_t limit);

}  // namespace couvert
