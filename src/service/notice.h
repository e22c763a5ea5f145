// A transfer's notice: what later mails of it need, sealed under the key of the day on which it
// ends.
#pragma once

#include <string>
#include <vector>

#include "mail/mail_content.h"
#include "service/open_transfer.h"

namespace couvert {

/// A way in, as the notification told it. Links' secrets are not kept.
struct NoticeRecipient {
  Address address;
  TransferId transfer_id;
};

struct Notice {
  std::string name;  // the sender's
  std::string phone;
  Language language = Language::en;  // the sender's
  std::string subject;               // of the notification; empty: the default one
  std::string text;
  std::vector<NoticeRecipient> recipients;
  std::vector<std::string> file_names;  // only where the sender shows them
  std::uint32_t file_count = 0;
  bool invites = false;   // whether the transfer carries an invitation to QUICK
  std::string from_name;  // of the recipients' mails, by rule; empty: made of the sender's
  std::string reply_to;   // an address, likewise
};

/// The sender as recipients see it.
SenderCard card_of(const Transfer& transfer, const Notice& notice);

/// The row's form of a notice. Errors: `unavailable` where the day has no key.
Result<std::string> seal_transfer_notice(const Parts& parts, const Transfer& transfer,
                                         const Notice& notice);
/// Errors: `damaged`, `unavailable`.
Result<Notice> open_transfer_notice(const Parts& parts, const Transfer& transfer);

}  // namespace couvert
