// The recipient's mail of a transfer, from what is kept of it: the same at Start and later.
#pragma once

#include "mail/mail_content.h"
#include "mail/mail_text.h"
#include "service/notice.h"

namespace couvert {

/// Where and how a recipient opens a transfer. `secret` is what the link ends in, or null where a
/// password or QUICK opens it. Lifetime: refers to the secret.
struct WayIn {
  TransferId transfer_id;
  OpenBy open_by = OpenBy::password;
  const Secret<32>* secret = nullptr;
};
std::string link_of(const Parts& parts, const WayIn& way);

/// Who runs this server, as its mails say it.
MailFrame mail_frame(const ServiceSettings& settings);

/// The mail that tells a recipient of a sealed transfer.
NotificationMail notification_of(const Parts& parts, const Transfer& transfer, const Notice& notice,
                                 const WayIn& way);

/// The same in words, as the outbox would send it.
MailText notification_text(const Parts& parts, const Transfer& transfer, const Notice& notice,
                           const WayIn& way);

}  // namespace couvert
