#include "service/delivery.h"

#include <algorithm>

#include "service/notice.h"
#include "service/post.h"

namespace couvert {
namespace {

DownloadedMail make_mail(const Parts& parts, const OpenedTransfer& opened, const Manifest& manifest,
                         const std::vector<std::uint32_t>& numbers) {
  DownloadedMail mail;
  mail.recipient = opened.recipient.address;
  mail.when = parts.clock.now();
  mail.tracking_id = opened.transfer.tracking_id;
  mail.downloaded_count = static_cast<int>(numbers.size());
  mail.file_count = static_cast<int>(manifest.files.size());
  for (std::size_t i = 0; i < manifest.files.size(); ++i) {
    const ManifestFile& file = manifest.files[i];
    const bool told = std::binary_search(numbers.begin(), numbers.end(), file.no);
    if (!told || mail.files.size() >= mail_file_names_max) continue;
    const std::string name = opened.transfer.show_file_names ? file.name : std::string();
    mail.files.push_back({static_cast<int>(i) + 1, name});
  }
  return mail;
}

}  // namespace

Result<> note_delivery(const Parts& parts, const OpenedTransfer& opened, const Manifest& manifest,
                       const std::vector<std::uint32_t>& numbers) {
  bool posted = false;
  const Result<> noted = parts.database.write([&](Transaction& tx) -> Result<> {
    const Instant now = parts.clock.now();
    std::vector<std::uint32_t> fresh;
    for (const std::uint32_t no : numbers) {
      const Result<bool> first = note_download(tx, opened.recipient, no, now);
      if (!first) return pass(first);
      if (*first) fresh.push_back(no);
    }
    const Result<bool> opened_first =
        set_opened(tx, opened.transfer.seal_id, opened.recipient.position, now);
    if (!opened_first) return pass(opened_first);
    const Result<bool> retrieved =
        set_retrieved(tx, opened.transfer.seal_id, opened.recipient.position, now);
    if (!retrieved) return pass(retrieved);
    if (fresh.empty() || !opened.transfer.notify_download) return Result<>();
    std::sort(fresh.begin(), fresh.end());
    const Result<Notice> notice = open_transfer_notice(parts, opened.transfer);
    if (!notice) return pass(notice);
    DownloadedMail mail = make_mail(parts, opened, manifest, fresh);
    mail.language = notice->language;
    posted = true;
    return post(parts, tx,
                {MailKind::downloaded, opened.transfer.sender, mail, opened.transfer.seal_id,
                 opened.recipient.position});
  });
  if (!noted) return pass(noted);
  if (posted) parts.wake_outbox();
  return Result<>();
}

// A film is asked for in many ranges: reading first spares the database a write for each.
Result<> note_view(const Parts& parts, const Recipient& recipient, std::uint32_t no) {
  bool noted = false;
  const Result<> read = parts.database.read([&](Transaction& tx) -> Result<> {
    const Result<bool> viewed = is_viewed(tx, recipient, no);
    if (!viewed) return pass(viewed);
    noted = *viewed;
    return Result<>();
  });
  if (!read || noted) return read;
  return parts.database.write([&](Transaction& tx) -> Result<> {
    // Erased in between: nothing may be noted of it any more.
    const Result<std::optional<Transfer>> transfer = find_transfer(tx, recipient.seal_id);
    if (!transfer) return pass(transfer);
    if (!is_live(*transfer, parts.clock.now())) return Result<>();
    const Instant now = parts.clock.now();
    const Result<bool> first = note_viewing(tx, recipient, no, now);
    if (!first) return pass(first);
    // Where a link opens a transfer this is the first that shows a person.
    const Result<bool> opened = set_opened(tx, recipient.seal_id, recipient.position, now);
    if (!opened) return pass(opened);
    return Result<>();
  });
}

}  // namespace couvert
