#include "service/ending_mails.h"

#include "service/post.h"
#include "service/sent.h"

namespace couvert {

Result<> tell_recipients(const Parts& parts, Transaction& tx, const Revocation& revocation) {
  const Transfer& transfer = revocation.transfer;
  const Notice& notice = revocation.notice;
  const RevokedMail mail{transfer.language, card_of(transfer, notice), transfer.tracking_id};
  for (const Recipient& one : revocation.from) {
    const bool was_told = one.mail == MailState::handed_over || one.mail == MailState::by_client;
    if (!was_told) continue;
    const Result<> posted =
        post(parts, tx, {MailKind::revoked, one.address, mail, std::nullopt, -1});
    if (!posted) return posted;
  }
  return {};
}

Result<> tell_sender(const Parts& parts, Transaction& tx, const Revocation& revocation) {
  if (revocation.from.empty()) return {};
  const Transfer& transfer = revocation.transfer;
  RevocationMail mail;
  mail.language = revocation.notice.language;
  for (const Recipient& one : revocation.from) mail.recipients.push_back(one.address);
  mail.tracking_id = transfer.tracking_id;
  return post(parts, tx, {MailKind::revocation, transfer.sender, mail, std::nullopt, -1});
}

Result<> tell_expired(const Parts& parts, Transaction& tx, const Transfer& transfer) {
  const Result<Notice> notice = open_transfer_notice(parts, transfer);
  if (!notice) return pass(notice);
  const Result<std::vector<SentRecipient>> recipients = sent_recipients(tx, transfer.seal_id);
  if (!recipients) return pass(recipients);
  const Result<FileTotals> files = file_totals(tx, transfer.seal_id);
  if (!files) return pass(files);
  ExpiredMail mail;
  mail.language = notice->language;
  mail.open_by = transfer.open_by;
  mail.file_count = static_cast<int>(files->count);
  mail.tracking_id = transfer.tracking_id;
  mail.expired = transfer.end;
  for (const SentRecipient& one : *recipients) {
    const Recipient& row = one.recipient;
    if (row.revoked) continue;
    mail.recipients.push_back(
        {row.address, row.mail, row.opened.has_value(), static_cast<int>(one.downloaded)});
  }
  if (mail.recipients.empty()) return {};
  return post(parts, tx, {MailKind::expired, transfer.sender, mail, std::nullopt, -1});
}

}  // namespace couvert
