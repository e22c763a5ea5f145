// Use case: a recipient sees what is open for its address, without searching the mailbox.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "service/page_wish.h"
#include "service/verify.h"
#include "store/file_table.h"

namespace couvert {

/// A line of the list: a transfer that the address may open now. Nothing of its content.
struct ReceivedTransfer {
  TrackingId tracking_id;
  Address from;
  std::string name;  // the sender's
  Instant created;
  Instant expires;
  OpenBy open_by = OpenBy::password;
  /// The way in, as the mail told it. Where a link opens it there is none: its secret is in the
  /// mail alone.
  std::optional<TransferId> transfer_id;
  FileTotals files;
  std::optional<Instant> opened;     // first time
  std::optional<Instant> retrieved;  // first finished download
};

struct ReceivedPage {
  Address to;
  std::vector<ReceivedTransfer> transfers;  // the latest first, as many as were asked for
  bool more = false;
};

/// Threads: any.
class Received {
 public:
  explicit Received(const Parts& parts) : parts_(parts) {}

  /// What the address of one of the caller's proofs may open.
  /// Errors: `denied` for a proof that is not the caller's, and for a tracking ID that was not sent
  ///         to this address.
  Result<ReceivedPage> list(const Caller& caller, const VerificationId& proof,
                            const PageWish& wish);

 private:
  const Parts& parts_;
};

}  // namespace couvert
