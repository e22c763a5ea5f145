#include "service/sent.h"

#include "store/keyslot_table.h"
#include "store/outbox_table.h"
#include "store/transfer_table.h"

namespace couvert {

Result<SentTransfer> Sent::find(const Caller& caller, const TrackingId& id) {
  std::optional<SentTransfer> sent;
  const Result<> read = parts_.database.read([&](Transaction& tx) -> Result<> {
    Result<std::optional<Transfer>> transfer = find_tracked(tx, id);
    if (!transfer) return pass(transfer);
    if (!transfer->has_value() || (*transfer)->state == TransferState::draft) {
      return fail(ErrorCode::denied, "no such transfer");
    }
    Result<std::vector<Recipient>> recipients = recipients_of(tx, (*transfer)->seal_id);
    if (!recipients) return pass(recipients);
    sent = SentTransfer{std::move(**transfer), std::move(*recipients)};
    return Result<>();
  });
  if (!read) return pass(read);
  const Result<> proven = Verify(parts_).prove(caller, sent->transfer.sender);
  if (!proven && proven.error().code == ErrorCode::unproven) {
    return fail(ErrorCode::denied, "the caller is not the sender");
  }
  if (!proven) return pass(proven);
  const bool is_over =
      sent->transfer.state == TransferState::sealed && parts_.clock.now() >= sent->transfer.end;
  if (is_over) sent->transfer.state = TransferState::expired;
  return std::move(*sent);
}

Result<> Sent::revoke(const Caller& caller, const TrackingId& id) {
  const Result<SentTransfer> sent = find(caller, id);
  if (!sent) return pass(sent);
  if (sent->transfer.state != TransferState::sealed) return Result<>();
  return parts_.database.write([&](Transaction& tx) -> Result<> {
    Result<std::optional<Transfer>> current = find_transfer(tx, sent->transfer.seal_id);
    if (!current) return pass(current);
    if (!current->has_value()) return Result<>();
    const Result<TransferState> next = next_state((*current)->state, TransferEvent::revoke);
    if (!next) return Result<>();  // ended in between
    (*current)->state = *next;
    const Result<> updated = update_transfer(tx, **current);
    if (!updated) return pass(updated);
    const Result<> unsent = delete_mails_of(tx, (*current)->seal_id);
    if (!unsent) return pass(unsent);
    return delete_keyslots(tx, (*current)->seal_id);
  });
}

}  // namespace couvert
