// Mails that tell a recipient of a transfer and will not arrive: refused, given up, or come back.
//
// `couvertd bounce` (server/) notes that a mail came back, beside the server and without its keys;
// the round here makes of it what a refusal is.
#pragma once

#include "domain/transfer.h"
#include "service/parts.h"

namespace couvert {

struct Undelivered {
  int position = 0;
  Address address;
  std::string answer;  // the mail server's; cut where it is too long
};

/// The recipient's mail has failed, and the sender is told, in one transaction.
/// Errors: `damaged`; `unavailable`; `denied` where there is no such recipient.
Result<> give_up_mail(const Parts& parts, Transaction& tx, const Transfer& transfer,
                      const Undelivered& mail);

/// Background round: gives the mails up that came back, at most limits::bounces_per_round_max. What
/// came back is nobody's concern where the transfer is over, or its recipient has opened it: then
/// the mail did arrive. Returns how many senders it told. Errors: those of the database; one that
/// cannot be told is logged.
Result<std::size_t> tell_bounces(const Parts& parts);

}  // namespace couvert
