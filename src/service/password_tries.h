// How often the password of a transfer may be tried, and by whom.
//
// Strangers are counted by recipient and network, which gives a growing delay, and by recipient, by
// network and in all: over one of these bounds nothing is tried any more before the mailbox is
// proven. Whoever has proven the recipient's mailbox is counted apart, where no stranger reaches:
// guessing never locks a recipient out.
#pragma once

#include <string>

#include "domain/transfer.h"
#include "service/parts.h"
#include "store/counter_table.h"

namespace couvert {

/// Who tries the password of a recipient's transfer.
struct Trier {
  Recipient recipient;
  std::string network;
  bool proven = false;  // holds a proof of the recipient's mailbox
};

/// What has been counted so far against somebody. The last three are of strangers alone.
struct Tries {
  Attempts own;                   // since the last right password
  std::int64_t of_recipient = 0;  // wrong ones within 24 to 25 hours
  std::int64_t of_network = 0;    // within this hour
  std::int64_t of_server = 0;
};

/// Whether the recipient had so many that the mailbox is to be proven first.
bool has_too_many(const Tries& tries);

Result<Tries> tries_of(Transaction& tx, const Trier& trier, Instant now);

/// Whether one more may follow.
/// Errors: `refused` ("code_needed") where the mailbox is to be proven first; `throttled` with the
///         seconds to wait as detail.
Result<> admit(const Tries& tries, const Trier& trier, Instant now);

/// Admits a try and counts it as a wrong one: of two at once, each sees the other. Returns what is
/// counted then. Errors: those of admit(), with nothing counted.
Result<Tries> count_try(Transaction& tx, const Trier& trier, Instant now);

/// The try counted at `counted` was right: it is no wrong one, and this trier's delay ends. What
/// others tried stays counted.
Result<> forgive_try(Transaction& tx, const Trier& trier, Instant counted);

/// Tells the sender, once in a transfer's life, where the recipient has had too many; returns
/// whether a mail was put into the outbox.
Result<bool> warn_sender(const Parts& parts, Transaction& tx, const Trier& trier);

}  // namespace couvert
