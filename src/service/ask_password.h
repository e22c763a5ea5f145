// A recipient without a password asks the sender for it: by a mail of ours that holds no word of
// who asks, seldom enough that nobody can plague a sender with it.
#pragma once

#include <string>

#include "domain/transfer.h"
#include "service/parts.h"

namespace couvert {

struct PasswordWish {
  Recipient recipient;
  std::string network;  // of who asks
};

/// Puts the mail into the outbox. False where recipient or transfer had enough of them today:
/// nothing is done then.
/// Errors: `throttled` over the bound of the network, with the seconds to wait as detail;
///         `conflict` where the transfer has no password.
Result<bool> ask_for_password(const Parts& parts, Transaction& tx, const Transfer& transfer,
                              const PasswordWish& wish);

}  // namespace couvert
