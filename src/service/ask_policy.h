// Use case: may these recipients receive, and within which limits?
#pragma once

#include "domain/policy.h"
#include "domain/transfer.h"
#include "service/verify.h"

namespace couvert {

struct RecipientAnswer {
  std::string address;  // as the server writes it, or as it came where it is none
  PolicyVerdict verdict;
};

struct PolicyAnswer {
  std::vector<RecipientAnswer> recipients;
  Allowance allowance;
};

struct PolicyRequest {
  Address from;
  std::optional<TransferId> reply_to;
  std::vector<std::string> recipients;
};

/// Threads: any.
class AskPolicy {
 public:
  explicit AskPolicy(const Parts& parts) : parts_(parts) {}

  /// Errors: `unproven` where the caller has not proven `from`.
  Result<PolicyAnswer> ask(const Caller& caller, const PolicyRequest& request);

 private:
  const Parts& parts_;
};

/// Whether `sender` answers `recipient`: `reply_to` names a transfer that still lives, of which
/// `sender` is a recipient and `recipient` the sender.
Result<bool> is_reply(Transaction& tx, const PolicyQuestion& question,
                      const std::optional<TransferId>& reply_to, Instant now);

}  // namespace couvert
