#include "service/undelivered.h"

#include "mail/plain.h"
#include "service/notice.h"
#include "service/post.h"
#include "store/transfer_table.h"

namespace couvert {
namespace {

// Whether the sender was told.
Result<bool> tell_bounce(const Parts& parts, Transaction& tx, const Recipient& recipient) {
  const Result<> cleared = clear_bounce(tx, recipient.seal_id, recipient.position);
  if (!cleared) return pass(cleared);
  const Result<std::optional<Transfer>> transfer = find_transfer(tx, recipient.seal_id);
  if (!transfer) return pass(transfer);
  const bool is_over =
      !transfer->has_value() || (*transfer)->state != TransferState::sealed || recipient.revoked;
  if (is_over || recipient.mail != MailState::handed_over || recipient.opened) return false;
  const Result<> told =
      give_up_mail(parts, tx, **transfer,
                   {recipient.position, recipient.address, recipient.bounced.value_or("")});
  if (!told) return pass(told);
  return true;
}

}  // namespace

Result<> give_up_mail(const Parts& parts, Transaction& tx, const Transfer& transfer,
                      const Undelivered& undelivered) {
  const std::string answer = one_line(undelivered.answer, mail_server_answer_bytes_max);
  const Result<> noted = settle_mail(tx, transfer.seal_id, undelivered.position,
                                     {MailState::failed, parts.clock.now(), answer});
  if (!noted) return pass(noted);
  const Result<Notice> notice = open_transfer_notice(parts, transfer);
  if (!notice) return pass(notice);
  UndeliverableMail mail;
  mail.language = notice->language;
  mail.recipient = undelivered.address;
  mail.tracking_id = transfer.tracking_id;
  mail.server_answer = answer;
  return post(
      parts, tx,
      {MailKind::undeliverable, transfer.sender, mail, transfer.seal_id, undelivered.position});
}

Result<std::size_t> tell_bounces(const Parts& parts) {
  const auto bounced = parts.database.read_value(
      [](Transaction& tx) { return bounced_recipients(tx, limits::bounces_per_round_max); });
  if (!bounced) return pass(bounced);
  std::size_t told = 0;
  for (const Recipient& one : *bounced) {
    const Result<bool> done = parts.database.write_value([&](Transaction& tx) -> Result<bool> {
      // As it is by now: the mail may have been sent again.
      const auto recipient = find_recipient_at(tx, one.seal_id, one.position);
      if (!recipient) return pass(recipient);
      if (!recipient->has_value() || !(*recipient)->bounced) return false;
      return tell_bounce(parts, tx, **recipient);
    });
    if (done && *done) ++told;
    if (done) continue;
    parts.log.failure("bounce not told", done.error());
    if (done.error().code == ErrorCode::unavailable) continue;  // the next round has it
    const Result<> dropped = parts.database.write(
        [&](Transaction& tx) { return clear_bounce(tx, one.seal_id, one.position); });
    if (!dropped) return pass(dropped);
  }
  return told;
}

}  // namespace couvert
