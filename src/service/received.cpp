#include "service/received.h"

#include "service/live_slot.h"
#include "service/notice.h"
#include "store/transfer_table.h"

namespace couvert {
namespace {

// A transfer and the recipient who looks, as the rows say.
struct ReceivedRow {
  Transfer transfer;
  Recipient recipient;
  FileTotals files;
  OpenBy open_by = OpenBy::password;
};

Result<ReceivedRow> row_of(Transaction& tx, Transfer transfer, const Address& to) {
  Result<std::optional<Recipient>> recipient = find_recipient_of(tx, transfer.seal_id, to);
  if (!recipient) return pass(recipient);
  if (!recipient->has_value()) return fail(ErrorCode::damaged, "a transfer without its recipient");
  const Result<FileTotals> files = file_totals(tx, transfer.seal_id);
  if (!files) return pass(files);
  const Result<OpenBy> open_by = open_by_of(tx, transfer, **recipient);
  if (!open_by) return pass(open_by);
  return ReceivedRow{std::move(transfer), std::move(**recipient), *files, *open_by};
}

// The one after which a page begins: only of this recipient, so that it tells nothing of others.
Result<std::optional<Transfer>> received_before(Transaction& tx, const Address& to,
                                                const std::optional<TrackingId>& before) {
  if (!before) return std::optional<Transfer>();
  Result<std::optional<Transfer>> found = find_tracked(tx, *before);
  if (!found) return pass(found);
  const SealId seal_id = found->has_value() ? (*found)->seal_id : SealId();
  const Result<std::optional<Recipient>> recipient = find_recipient_of(tx, seal_id, to);
  if (!recipient) return pass(recipient);
  if (!recipient->has_value()) return fail(ErrorCode::denied, "no such transfer");
  return found;
}

// With what only the notice knows: the sender's name, and the transfer ID.
Result<ReceivedTransfer> told_by_mail(const Parts& parts, const ReceivedRow& row) {
  const Result<Notice> notice = open_transfer_notice(parts, row.transfer);
  if (!notice) return pass(notice);
  const auto position = static_cast<std::size_t>(row.recipient.position);
  const bool agrees =
      position < notice->recipients.size() &&
      notice->recipients[position].address == row.recipient.address &&
      hash_of(notice->recipients[position].transfer_id) == row.recipient.transfer_id_hash;
  if (!agrees) return fail(ErrorCode::damaged, "the rows of a transfer differ from its notice");
  ReceivedTransfer received;
  received.tracking_id = row.transfer.tracking_id;
  received.from = row.transfer.sender;
  received.name = notice->name;
  received.created = row.transfer.started;
  received.expires = row.transfer.end;
  received.open_by = row.open_by;
  if (received.open_by != OpenBy::link) {
    received.transfer_id = notice->recipients[position].transfer_id;
  }
  received.files = row.files;
  received.opened = row.recipient.opened;
  received.retrieved = row.recipient.retrieved;
  return received;
}

}  // namespace

Result<ReceivedPage> Received::list(const Caller& caller, const VerificationId& proof,
                                    const PageWish& wish) {
  Result<Address> to = Verify(parts_).prove_by(caller, proof);
  if (!to) return pass(to);
  ReceivedPage page{std::move(*to), {}, false};
  std::vector<ReceivedRow> rows;
  const Result<> read = parts_.database.read([&](Transaction& tx) -> Result<> {
    const Result<std::optional<Transfer>> last = received_before(tx, page.to, wish.before);
    if (!last) return pass(last);
    const ReceivedQuery query{page.to, parts_.clock.now(), *last, wish.count + 1};
    Result<std::vector<Transfer>> found = received_transfers(tx, query);
    if (!found) return pass(found);
    page.more = found->size() > wish.count;
    if (page.more) found->pop_back();
    for (Transfer& transfer : *found) {
      Result<ReceivedRow> row = row_of(tx, std::move(transfer), page.to);
      if (!row) return pass(row);
      rows.push_back(std::move(*row));
    }
    return Result<>();
  });
  if (!read) return pass(read);
  for (const ReceivedRow& row : rows) {
    Result<ReceivedTransfer> received = told_by_mail(parts_, row);
    if (!received) return pass(received);
    page.transfers.push_back(std::move(*received));
  }
  return page;
}

}  // namespace couvert
