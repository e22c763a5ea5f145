// Mails to the operator: what fails, or soon will.
#pragma once

#include <cstddef>
#include <span>
#include <string>

#include "mail/mail_content.h"
#include "service/parts.h"

namespace couvert {

/// Something that an operator has to see to, as TroubleMail says it.
struct Trouble {
  TroubleKind kind = TroubleKind::disk;
  std::string what;
  int number = 0;
  Instant when;
};

/// Adds a trouble where mails wait for longer than limits::mail_trouble_after. `server` names the
/// mail server. The mail that tells of it waits with them, and arrives when they do.
/// Errors: `unavailable`.
Result<> look_at_outbox(const Parts& parts, const std::string& server,
                        std::vector<Trouble>& troubles);

/// Mails each trouble to the operator, once a day (in UTC) while it lasts; to nobody where no
/// address is configured. Returns how many mails were written.
/// Errors: `unavailable`.
Result<std::size_t> tell_operator(const Parts& parts, std::span<const Trouble> troubles);

}  // namespace couvert
