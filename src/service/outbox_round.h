// Background round: hands the outbox's mails over and writes down what became of them.
//
// At least once: a mail is leased, handed over and settled in a transaction of its own, so a crash
// in between sends it again under the same Message-ID.
#pragma once

#include "mail/transport.h"
#include "service/parts.h"

namespace couvert {

/// Hands over what is due, at most limits::mails_per_round_max. Blocks on the mail server: run it
/// on a thread of its own. Returns how many mails it took, so that a full round is followed by the
/// next. Errors: those of the database; a mail that fails is postponed or given up and no error.
Result<std::size_t> deliver_due(const Parts& parts, MailTransport& transport);

/// Makes the mails due again that an earlier process was handing over when it died.
/// Order: before the first deliver_due(); this process holds the database's lock, so every lease
/// that it finds is nobody's.
Result<> take_back_mails(const Parts& parts);

}  // namespace couvert
