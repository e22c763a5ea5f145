// Use case: the sender changes what it sent: takes it back from all or one, replaces a mistyped
// address, sends a mail again, changes the end.
//
// Each change is one transaction. A recipient who is replaced stays in the list as one who was
// taken back, with what it had by then; the new one comes behind the others.
#pragma once

#include "service/sent.h"

namespace couvert {

/// Which transfer, and who asks. The held secret is needed only where a recipient gets a
/// link, or an envelope.
/// Lifetime: refers to all of them.
struct SentKey {
  const Caller& caller;
  const TrackingId& tracking_id;
  const std::optional<Secret<32>>& held;
};

/// A link made anew by the sender's client, or an envelope with the secret in it.
struct NewLink {
  SlotId slot_id;
  Secret<32> secret;
  std::optional<QuickEnvelope> envelope{};
};

/// Errors of all: those of Sent; `conflict` with "ended" where the transfer is over; `denied` also
/// for a recipient that is not there. Threads: any.
class ChangeSent {
 public:
  explicit ChangeSent(const Parts& parts) : parts_(parts) {}

  /// Unreadable on return; its bytes go within minutes. Succeeds where it was revoked before, or is
  /// over.
  Result<> revoke(const Caller& caller, const TrackingId& id);
  /// The same for one recipient. A password that it knows stays known: what it opens no more is
  /// this transfer under its own transfer ID.
  Result<> revoke_recipient(const SentKey& key, int recipient_no);
  /// Takes the transfer back from a recipient and gives it to another address.
  /// Where some open by a password, so does the new one. Errors: `refused` with the policy's reason
  /// and the address, or "wrong_secret"; `invalid` where a link or an envelope is missing, or is
  /// one too many; `conflict` with "revoked" or "already_recipient"; `too_large`.
  Result<> replace(const SentKey& key, int recipient_no, const std::string& address,
                   const std::optional<NewLink>& link);
  /// With another secret where a link opens; else what opened the transfer opens it still.
  /// Errors: `throttled`; `conflict` with "revoked"; as for replace() what concerns the link.
  Result<> send_again(const SentKey& key, int recipient_no, const std::optional<NewLink>& link);
  /// Errors: `refused` ("life") where the policy has no such end.
  Result<> change_end(const SentKey& key, Instant end);

 private:
  const Parts& parts_;
};

}  // namespace couvert
