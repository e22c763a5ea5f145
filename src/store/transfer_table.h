// The tables `transfer` and `recipient`.
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
Result<std::optional<Recipient>> find_recipient(Transaction& tx, Bytes transfer_id_hash);
Result<> set_mail_state(Transaction& tx, const SealId& id, int position, MailState state);
/// Notes the first finished download; false where one was noted before.
Result<bool> set_retrieved(Transaction& tx, const SealId& id, int position, Instant now);
/// Notes a finished download of a file by a recipient; false where it was noted before.
Result<bool> note_download(Transaction& tx, const Recipient& recipient, std::int64_t file_no,
                           Instant now);

}  // namespace couvert
