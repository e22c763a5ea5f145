#include "service/notification.h"

#include "service/reply_link.h"

namespace couvert {

std::string link_of(const Parts& parts, const WayIn& way) {
  std::string link = parts.settings.base_url + "/r/" + way.transfer_id.text();
  if (way.secret != nullptr) link += "#" + link_fragment(Mode::server, *way.secret);
  return link;
}

MailFrame mail_frame(const ServiceSettings& settings) {
  return {settings.organisation, settings.time_zone, settings.abuse, settings.colours};
}

NotificationMail notification_of(const Parts& parts, const Transfer& transfer, const Notice& notice,
                                 const WayIn& way) {
  NotificationMail mail;
  mail.language = transfer.language;
  mail.sender = card_of(transfer, notice);
  mail.subject = notice.subject;
  mail.text = notice.text;
  mail.download_link = link_of(parts, way);
  mail.reply_link = reply_link(parts.settings.base_url, way.transfer_id.text(), transfer.sender);
  mail.tracking_id = transfer.tracking_id;
  mail.expires = transfer.end;
  mail.open_by = way.open_by;
  mail.invites = notice.invites && way.open_by == OpenBy::password;
  mail.file_names = notice.file_names;
  if (mail.file_names.size() > mail_file_names_max) mail.file_names.resize(mail_file_names_max);
  if (transfer.show_file_names) mail.file_count = static_cast<int>(notice.file_count);
  return mail;
}

MailText notification_text(const Parts& parts, const Transfer& transfer, const Notice& notice,
                           const WayIn& way) {
  const NotificationMail mail = notification_of(parts, transfer, notice, way);
  return write_mail(parts.catalogue, mail_frame(parts.settings), mail);
}

}  // namespace couvert
