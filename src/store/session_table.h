// The tables `session`, `verification` and `code`: which client has proven which mailbox.
#pragma once

#include <optional>
#include <vector>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/id.h"
#include "domain/address.h"
#include "store/database.h"

namespace couvert {

using VerificationId = Id<struct VerificationTag>;

/// One client; `token_hash` is the SHA-256 of its token of 32 random bytes.
struct Session {
  Buffer token_hash;
  Instant created;
  Instant used;
};

struct Verification {
  VerificationId verification_id;
  Buffer token_hash;
  Address address;
  Instant created;
  Instant used;
  Instant end;
};

/// A code that was mailed; one for each session and address.
struct Code {
  Buffer token_hash;
  Address address;
  Buffer mac;  // spec/sealing.md, "couvert/1 verification"
  Instant end;
  int tries = 0;
};

Result<> insert_session(Transaction& tx, const Session& session);
Result<std::optional<Session>> find_session(Transaction& tx, Bytes token_hash);
Result<> touch_session(Transaction& tx, Bytes token_hash, Instant now);

/// All verifications of a session, also those past their end, oldest first.
Result<std::vector<Verification>> verifications_of(Transaction& tx, Bytes token_hash);
/// Stores it in place of an earlier one of the same session and address.
Result<> put_verification(Transaction& tx, const Verification& verification);
Result<> touch_verification(Transaction& tx, const VerificationId& id, Instant now);
/// Returns whether there was one of this session.
Result<bool> delete_verification(Transaction& tx, Bytes token_hash, const VerificationId& id);

/// Stores the code in place of an earlier one of the same session and address.
Result<> put_code(Transaction& tx, const Code& code);
Result<std::optional<Code>> find_code(Transaction& tx, Bytes token_hash, const Address& address);
/// Counts one try by a guarded UPDATE; false where `tries_max` are used up.
Result<bool> count_code_try(Transaction& tx, const Code& code, int tries_max);
Result<> delete_code(Transaction& tx, const Code& code);

/// Deletes codes and verifications past `now`, and sessions that hold none and were not used
/// since `unused_since`.
Result<> sweep_sessions(Transaction& tx, Instant now, Instant unused_since);

}  // namespace couvert
