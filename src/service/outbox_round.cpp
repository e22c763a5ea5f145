#include "service/outbox_round.h"

#include <algorithm>

#include "mail/mime.h"
#include "mail/retry.h"
#include "sealing/sealed_text.h"
#include "service/live_slot.h"
#include "service/notice.h"
#include "service/notification.h"
#include "service/post.h"
#include "service/undelivered.h"
#include "store/transfer_table.h"

namespace couvert {
namespace {

constexpr int tries_counted_max = 1000;

// Opens a mail and makes its bytes. A notification tells the end that its transfer has by now.
Result<Buffer> compose(const Parts& parts, const OutboxRow& row,
                       const std::optional<Instant>& end) {
  const Result<DayKey> day_key = parts.day_keys.key(static_cast<Day>(row.day));
  if (!day_key) return pass(day_key);
  Result<Buffer> plain = open_mail(**day_key, row.mail_id, row.content);
  if (!plain) return pass(plain);
  Result<MailContent> content = decode(*plain);
  wipe(*plain);
  if (!content) return pass(content);
  if (auto* notification = std::get_if<NotificationMail>(&*content); notification && end) {
    notification->expires = *end;
  }
  const MailFrame frame = mail_frame(parts.settings);
  const MailText text = write_mail(parts.catalogue, frame, *content);
  const MailHead head{row.mail_id, Address{parts.settings.mail_from}, row.address, row.created};
  return build_message(head, text);
}

// Whether a transfer's recipients have all been told, and how many of the mails were taken.
struct Told {
  bool all = true;
  std::vector<Address> taken;
  int connected = 0;  // of those who have taken it: by QUICK
};

Result<Told> told_recipients(Transaction& tx, const Transfer& transfer) {
  const Result<std::vector<Recipient>> recipients = recipients_of(tx, transfer.seal_id);
  if (!recipients) return pass(recipients);
  Told told;
  for (const Recipient& recipient : *recipients) {
    if (recipient.revoked) continue;  // it is not theirs any more, and its mail may never go
    told.all &= recipient.mail != MailState::waiting;
    if (recipient.mail != MailState::handed_over) continue;
    told.taken.push_back(recipient.address);
    const Result<OpenBy> open_by = open_by_of(tx, transfer, recipient);
    if (!open_by) return pass(open_by);
    told.connected += *open_by == OpenBy::quick ? 1 : 0;
  }
  return told;
}

// Tells the sender, once, when the last recipient's mail has been taken or given up.
Result<> tell_handed_over(const Parts& parts, Transaction& tx, const Transfer& transfer) {
  if (!transfer.notify_delivery) return Result<>();
  Result<Told> told = told_recipients(tx, transfer);
  if (!told) return pass(told);
  if (!told->all || told->taken.empty()) return Result<>();
  const Result<Notice> notice = open_transfer_notice(parts, transfer);
  if (!notice) return pass(notice);
  HandedOverMail mail;
  mail.language = notice->language;
  mail.recipients = std::move(told->taken);
  mail.tracking_id = transfer.tracking_id;
  mail.expires = transfer.end;
  mail.open_by = transfer.open_by;
  mail.connected_count = told->connected;
  return post(parts, tx, {MailKind::handed_over, transfer.sender, mail, transfer.seal_id, -1});
}

// A notification's end is a fact of its transfer: the recipient's mail state and what the sender
// hears.
Result<> settle_notification(const Parts& parts, Transaction& tx, const OutboxRow& row,
                             const Result<>& sent) {
  if (row.kind != MailKind::notification || !row.seal_id) return Result<>();
  const Result<std::optional<Transfer>> transfer = find_transfer(tx, *row.seal_id);
  if (!transfer) return pass(transfer);
  if (!transfer->has_value() || (*transfer)->state != TransferState::sealed) return Result<>();
  const Result<> noted =
      sent ? settle_mail(tx, *row.seal_id, row.position,
                         {MailState::handed_over, parts.clock.now(), std::string()})
           : give_up_mail(parts, tx, **transfer, {row.position, row.address, sent.error().detail});
  if (!noted) return pass(noted);
  return tell_handed_over(parts, tx, **transfer);
}

Result<> settle(const Parts& parts, const OutboxRow& row, const Result<>& sent) {
  return parts.database.write([&](Transaction& tx) -> Result<> {
    const bool is_final =
        sent || sent.error().code == ErrorCode::refused || sent.error().code == ErrorCode::damaged;
    if (!is_final) {
      const int tries =
          std::clamp(row.tries, 0, tries_counted_max);  // a spoilt row may say anything
      const FailedTry failed{tries + 1, parts.clock.now(), parts.clock.certain(), row.end};
      const auto jitter = static_cast<std::uint16_t>(read_integer(parts.random.bytes<2>()));
      const std::optional<Instant> again = next_try(failed, jitter);
      if (again) return postpone_mail(tx, row.mail_id, *again);
    }
    const Result<> settled = settle_notification(parts, tx, row, sent);
    if (!settled) return pass(settled);
    return delete_mail(tx, row.mail_id);
  });
}

// That a notification's row has the address for which it was sealed: its link is for nobody else.
Result<> check_address(const Parts& parts, const Transfer& transfer, const OutboxRow& row) {
  const Result<Notice> notice = open_transfer_notice(parts, transfer);
  if (!notice) return pass(notice);
  const auto position = static_cast<std::size_t>(row.position);
  const bool agrees =
      position < notice->recipients.size() && notice->recipients[position].address == row.address;
  if (!agrees) return fail(ErrorCode::damaged, "a mail to another address than its transfer's");
  return Result<>();
}

enum class Wanted { yes, not_now, never };

// A transfer that was revoked or ended since is not told of any more. Whether it has ended is
// believed for good only where that is certain: the clock may have jumped.
struct Look {
  Wanted wanted = Wanted::never;
  std::optional<Instant> end;  // of a notification's transfer
};

Result<Look> look_at(const Parts& parts, const OutboxRow& row) {
  Look look;
  if (row.kind != MailKind::notification || !row.seal_id) {
    look.wanted = Wanted::yes;
    return look;
  }
  const Result<> read = parts.database.read([&](Transaction& tx) -> Result<> {
    const Result<std::optional<Transfer>> transfer = find_transfer(tx, *row.seal_id);
    if (!transfer) return pass(transfer);
    if (!transfer->has_value() || (*transfer)->state != TransferState::sealed) return Result<>();
    // Since this round began the recipient may have been taken back, or got another link.
    const Result<bool> waiting = is_waiting(tx, row.mail_id);
    if (!waiting) return pass(waiting);
    if (!*waiting) return Result<>();
    look.end = (*transfer)->end;
    if (parts.clock.certain() < *look.end) look.wanted = Wanted::not_now;
    if (parts.clock.now() < *look.end) look.wanted = Wanted::yes;
    return look.wanted == Wanted::yes ? check_address(parts, **transfer, row) : Result<>();
  });
  if (!read) return pass(read);
  return look;
}

Result<> deliver(const Parts& parts, MailTransport& transport, const OutboxRow& row) {
  const Result<Look> look = look_at(parts, row);
  if (!look && look.error().code == ErrorCode::damaged) {
    parts.log.failure("mail not sent", look.error());
    return settle(parts, row, fail(ErrorCode::damaged, ""));
  }
  if (!look) return pass(look);
  if (look->wanted == Wanted::not_now) return Result<>();  // due again when its lease ends
  if (look->wanted == Wanted::never) {
    return parts.database.write([&](Transaction& tx) { return delete_mail(tx, row.mail_id); });
  }
  const Result<Buffer> message = compose(parts, row, look->end);
  if (!message) {
    parts.log.failure("mail not composed", message.error());
    const bool is_broken = message.error().code != ErrorCode::unavailable;
    return settle(parts, row, fail(is_broken ? ErrorCode::damaged : ErrorCode::unavailable, ""));
  }
  const Envelope envelope{Address{envelope_sender(parts.settings)}, row.address};
  const Result<> sent = transport.send(envelope, *message, limits::send_time_max);
  if (!sent) {
    parts.log.write(LogLevel::warning, "mail not handed over",
                    {{"mail_id", row.mail_id.text()},
                     {"code", name_of(sent.error().code)},
                     {"tries", std::int64_t{row.tries} + 1}});
  }
  return settle(parts, row, sent);
}

}  // namespace

Result<std::size_t> deliver_due(const Parts& parts, MailTransport& transport) {
  std::vector<OutboxRow> due;
  const Instant now = parts.clock.now();
  const Duration began = parts.clock.running();
  const Result<> leased = parts.database.write([&](Transaction& tx) -> Result<> {
    Result<std::vector<OutboxRow>> rows =
        lease_mails(tx, now, now + limits::mail_lease, limits::mails_per_round_max);
    if (!rows) return pass(rows);
    due = std::move(*rows);
    return Result<>();
  });
  if (!leased) return pass(leased);
  for (const OutboxRow& row : due) {
    if (transport.stopping()) break;  // they are due again when their lease is over
    // A round that outlives its lease leaves the rest to the next one.
    const Duration took = parts.clock.running() - began;
    if (took > limits::mail_lease - limits::send_time_max) break;
    const Result<> settled = deliver(parts, transport, row);
    if (settled) continue;
    parts.log.failure("mail not settled", settled.error());
    // It would come back for ever, and hold its day's key.
    if (parts.clock.certain() < row.end) continue;
    const Result<> dropped =
        parts.database.write([&](Transaction& tx) { return delete_mail(tx, row.mail_id); });
    if (!dropped) parts.log.failure("mail not dropped", dropped.error());
  }
  transport.rest();
  return due.size();
}

Result<> take_back_mails(const Parts& parts) {
  const Instant now = parts.clock.now();
  return parts.database.write(
      [&](Transaction& tx) { return take_back_leases(tx, now, now + limits::mail_lease); });
}

}  // namespace couvert
