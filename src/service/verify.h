// Use case: a client proves a mailbox by a mailed code.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/secret.h"
#include "domain/address.h"
#include "domain/language.h"
#include "domain/transfer.h"
#include "domain/verification.h"
#include "mail/mail_content.h"
#include "service/parts.h"
#include "store/session_table.h"

namespace couvert {

/// Who asks: the hash of the session's token (empty without one) and the network the request came
/// from (an IPv4 address, or the first 64 bits of an IPv6 one), for limits.
struct Caller {
  Buffer session;
  std::string network;                 // as limits count it
  std::optional<IpAddress> address{};  // as rules ask for it
  std::string request_key{};           // a digest of the request's own name; empty without one
};

struct CodeRequest {
  std::string address;  // as typed
  Language language = Language::en;
  CodePurpose purpose = CodePurpose::any;
  ClientKind client = ClientKind::browser;
};

struct CodeAnswer {
  Instant expires;
  std::optional<Secret<32>> token;  // of a session made for this request
};

/// Whether the caller holds a proof of `address`. Not noted as a use of it.
Result<bool> has_proven(const Parts& parts, Transaction& tx, const Caller& caller,
                        const Address& address);

/// Threads: any. All functions may block on the database.
class Verify {
 public:
  explicit Verify(const Parts& parts) : parts_(parts) {}

  /// Mails a fresh code, in place of an earlier one; makes a session where the caller has none. The
  /// answer is the same for every address, known or not.
  /// Errors: `invalid` for what is no address; `throttled` over a limit of address, network or
  /// server: an address's own limit is kept silently, so that it tells nothing.
  Result<CodeAnswer> request(const Caller& caller, const CodeRequest& request);

  /// The same for the mailbox of a transfer's recipient, for whoever holds its live transfer ID.
  /// Counted apart from what strangers ask for who know an address only, and for each network by
  /// itself, so that nobody uses up what the recipient may ask for.
  /// Errors: `throttled` over a limit of recipient and network, recipient, or server.
  Result<CodeAnswer> request_for(const Caller& caller, const Recipient& recipient,
                                 Language language, ClientKind client);

  /// The proof holds as long as the settings say, or `life` where that is shorter.
  /// Errors: `unproven` without a session; `refused` ("wrong_code", "no_code" as detail).
  Result<Verification> confirm(const Caller& caller, std::string_view address,
                               std::string_view code,
                               std::chrono::hours life = limits::verification_life);

  /// What the session still holds; empty without a session.
  Result<std::vector<Verification>> list(const Caller& caller);

  /// Errors: `denied` where this session has none of that ID.
  Result<> forget(const Caller& caller, const VerificationId& id);

  /// The address of one of the caller's proofs, which is noted as used.
  /// Errors: `unproven` without a session; `denied` where this session has none of that ID.
  Result<Address> prove_by(const Caller& caller, const VerificationId& id);

  /// That the caller has proven `address`, which is noted as a use of the proof.
  /// Errors: `unproven`.
  Result<> prove(const Caller& caller, const Address& address);

 private:
  /// The counts of an hour that a wish for a code adds to.
  struct CodeCounts {
    /// By name: over its bound the wish is refused.
    std::vector<std::pair<std::string, int>> told;
    /// Of the mailbox, or empty: over its bound the wish is answered, but no mail goes.
    std::string silent;
  };

  Result<Buffer> session_for(Transaction& tx, const Caller& caller,
                             std::optional<Secret<32>>& token);
  Result<> check(const CodeCounts& counts);
  Result<bool> count(Transaction& tx, const CodeCounts& counts);
  /// Makes the code and fills it into `mail`.
  Result<CodeAnswer> mail_code(const Caller& caller, const Address& address, CodeMail mail,
                               const CodeCounts& counts);

  const Parts& parts_;
};

}  // namespace couvert
