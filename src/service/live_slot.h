// A transfer as a recipient's transfer ID finds it, and the keyslot that opens it for them.
#pragma once

#include "service/open_transfer.h"

namespace couvert {

/// A live transfer and one of its recipients.
struct LiveTransfer {
  Transfer transfer;
  Recipient recipient;
};

struct LiveSlot {
  LiveTransfer found;
  KeyslotRow row;
};

/// Errors: `denied`, one and the same for unknown, expired and revoked IDs.
Result<LiveTransfer> find_live(const Parts& parts, Transaction& tx, const TransferId& id);
Result<LiveSlot> find_slot(const Parts& parts, Transaction& tx, const TransferId& id);
Result<LiveSlot> find_slot(const Parts& parts, const TransferId& id);

/// The answer to an ID that opens nothing.
tl::unexpected<Error> not_there();

/// How a keyslot's recipient opens the transfer.
OpenBy open_by_of(const KeyslotRow& row);
/// The same of a recipient who was not taken back: of those with a password some may need none.
Result<OpenBy> open_by_of(Transaction& tx, const Transfer& transfer, const Recipient& recipient);

}  // namespace couvert
