// Puts mails into the outbox, in the transaction of the fact that they tell.
#pragma once

#include <optional>

#include "mail/mail_content.h"
#include "service/parts.h"
#include "store/outbox_table.h"

namespace couvert {

/// A mail to be written down.
struct Letter {
  MailKind kind = MailKind::code;
  Address to;
  MailContent content;
  std::optional<SealId> seal_id;  // the transfer it tells of
  int position = -1;              // its recipient
};

/// Seals the mail under the key of the day on which it is given up, and inserts its row; a
/// notification's recipient is told which mail it is, and so has to be there before. The caller
/// calls parts.wake_outbox() once the transaction is through.
/// Errors: `invalid` where the content breaks a bound; `denied` without that recipient;
/// `unavailable`.
Result<> post(const Parts& parts, Transaction& tx, const Letter& letter);

}  // namespace couvert
