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
  Allowance allowance;  // for a transfer to all who may receive
};

struct PolicyRequest {
  Address from;
  std::optional<TransferId> reply_to;
  std::vector<std::string> recipients;
};

/// What is asked of the policy for one transfer.
struct TransferQuestion {
  Address from;
  std::optional<IpAddress> client;
  std::optional<TransferId> reply_to;
  Instant now;
};

/// All rules, ready. Errors: `damaged` where one cannot be read: then nothing is allowed.
Result<Policy> read_policy(Transaction& tx);

/// What the policy says of a transfer from the caller to one more recipient.
Result<PolicyVerdict> ask_for(Transaction& tx, const Policy& policy,
                              const TransferQuestion& question, const Address& recipient);

/// What a transfer that was sent may be, by the rules of now for those who still have it.
/// Unlike before Start it counts for nothing whether somebody may receive a new one.
Result<Allowance> allowance_of_sent(const Parts& parts, Transaction& tx, const Transfer& transfer);

/// Threads: any.
class AskPolicy {
 public:
  explicit AskPolicy(const Parts& parts) : parts_(parts) {}

  /// Errors: `unproven` where the caller has not proven `from`.
  Result<PolicyAnswer> ask(const Caller& caller, const PolicyRequest& request);

 private:
  const Parts& parts_;
};

}  // namespace couvert
