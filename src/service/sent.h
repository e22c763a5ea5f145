// Use case: the sender looks after a transfer and takes it back.
#pragma once

#include "domain/transfer.h"
#include "service/verify.h"

namespace couvert {

struct SentTransfer {
  Transfer transfer;
  std::vector<Recipient> recipients;
};

/// Errors of all: `denied` for a tracking ID that is not there or whose sender the caller has not
/// proven to be. Threads: any.
class Sent {
 public:
  explicit Sent(const Parts& parts) : parts_(parts) {}

  Result<SentTransfer> find(const Caller& caller, const TrackingId& id);
  /// Unreadable on return; its bytes go within minutes. Succeeds where it was revoked before.
  Result<> revoke(const Caller& caller, const TrackingId& id);

 private:
  const Parts& parts_;
};

}  // namespace couvert
