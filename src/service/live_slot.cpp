#include "service/live_slot.h"

#include "store/transfer_table.h"

namespace couvert {

tl::unexpected<Error> not_there() {
  return fail(ErrorCode::denied, "no such transfer");
}

// Unknown, expired and revoked take the same way and give the same answer.
Result<LiveTransfer> find_live(const Parts& parts, Transaction& tx, const TransferId& id) {
  Result<std::optional<Recipient>> recipient = find_recipient(tx, hash_of(id));
  if (!recipient) return pass(recipient);
  const SealId seal_id = recipient->has_value() ? (*recipient)->seal_id : SealId();
  Result<std::optional<Transfer>> transfer = find_transfer(tx, seal_id);
  if (!transfer) return pass(transfer);
  if (!is_live(*transfer, parts.clock.now())) return not_there();
  return LiveTransfer{std::move(**transfer), std::move(**recipient)};
}

Result<LiveSlot> find_slot(const Parts& parts, Transaction& tx, const TransferId& id) {
  Result<LiveTransfer> found = find_live(parts, tx, id);
  if (!found) return pass(found);
  Result<std::optional<KeyslotRow>> row =
      find_keyslot(tx, found->transfer.seal_id, found->recipient.slot_id);
  if (!row) return pass(row);
  if (!row->has_value()) return fail(ErrorCode::damaged, "a recipient without a keyslot");
  return LiveSlot{std::move(*found), std::move(**row)};
}

Result<LiveSlot> find_slot(const Parts& parts, const TransferId& id) {
  return parts.database.read_value([&](Transaction& tx) { return find_slot(parts, tx, id); });
}

OpenBy open_by_of(const KeyslotRow& row) {
  switch (row.use) {
    case KeyslotUse::link:
      return OpenBy::link;
    case KeyslotUse::quick:
      return OpenBy::quick;
    case KeyslotUse::password:
    case KeyslotUse::sender:
    case KeyslotUse::session:
      return OpenBy::password;
  }
  return OpenBy::password;
}

Result<OpenBy> open_by_of(Transaction& tx, const Transfer& transfer, const Recipient& recipient) {
  if (transfer.open_by != OpenBy::password) return transfer.open_by;
  const Result<std::optional<KeyslotRow>> row =
      find_keyslot(tx, transfer.seal_id, recipient.slot_id);
  if (!row) return pass(row);
  if (!row->has_value()) return fail(ErrorCode::damaged, "a recipient without a keyslot");
  return open_by_of(**row);
}

}  // namespace couvert
