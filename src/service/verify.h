// Use case: a client proves a mailbox by a mailed code.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/secret.h"
#include "domain/address.h"
#include "domain/language.h"
#include "service/parts.h"
#include "store/session_table.h"

namespace couvert {

/// Who asks: the hash of the session's token (empty without one) and the network the request came
/// from (an IPv4 address, or the first 64 bits of an IPv6 one), for limits.
struct Caller {
  Buffer session;
  std::string network;
};

struct CodeRequest {
  std::string address;  // as typed
  Language language = Language::en;
};

struct CodeAnswer {
  Instant expires;
  std::optional<Secret<32>> token;  // of a session made for this request
};

/// Threads: any. All functions may block on the database.
class Verify {
 public:
  explicit Verify(const Parts& parts) : parts_(parts) {}

  /// Mails a fresh code, in place of an earlier one; makes a session where the caller has none. The
  /// answer is the same for every address, known or not.
  /// Errors: `invalid` for what is no address; `throttled` over a limit of address, network or
  /// server: an address's own limit is kept silently, so that it tells nothing.
  Result<CodeAnswer> request(const Caller& caller, const CodeRequest& request);

  /// Errors: `unproven` without a session; `refused` ("wrong_code", "no_code" as detail).
  Result<Verification> confirm(const Caller& caller, std::string_view address,
                               std::string_view code);

  /// What the session still holds; empty without a session.
  Result<std::vector<Verification>> list(const Caller& caller);

  /// Errors: `denied` where this session has none of that ID.
  Result<> forget(const Caller& caller, const VerificationId& id);

  /// That the caller has proven `address`, which is noted as a use of the proof.
  /// Errors: `unproven`.
  Result<> prove(const Caller& caller, const Address& address);

 private:
  Result<Buffer> session_for(Transaction& tx, const Caller& caller,
                             std::optional<Secret<32>>& token);
  Result<> check_limits(const Caller& caller);
  Result<bool> within_limits(Transaction& tx, const Caller& caller, const Address& address);

  const Parts& parts_;
};

}  // namespace couvert
