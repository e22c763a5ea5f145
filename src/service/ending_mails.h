// What people hear of a transfer's end: who was told of it, that it was taken back; its sender,
// what became of it. The mails stand on their own: they go out although the transfer is over.
#pragma once

#include "service/notice.h"

namespace couvert {

/// A transfer that is taken back, in the transaction of that.
struct Revocation {
  const Transfer& transfer;
  const Notice& notice;
  const std::vector<Recipient>& from;  // whoever had it until now
};

/// To those of whom the mail server had taken the notification.
/// Errors of all: `unavailable`, `invalid`.
Result<> tell_recipients(const Parts& parts, Transaction& tx, const Revocation& revocation);
/// To the sender, where anybody had it.
Result<> tell_sender(const Parts& parts, Transaction& tx, const Revocation& revocation);

/// To the sender: who fetched what. Order: while the notice can be opened. Errors: also `damaged`.
Result<> tell_expired(const Parts& parts, Transaction& tx, const Transfer& transfer);

}  // namespace couvert
