// Use case: a program asks to be let in, a person types its code in a browser and says yes or no,
// the program gets a session of its own (RFC 8628 in shape; docs/decisions/0200).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/secret.h"
#include "mail/mail_content.h"
#include "service/verify.h"
#include "store/program_table.h"

namespace couvert {

/// What a program is told that has asked.
struct ProgramCodes {
  Secret<32> device_code;  // its own, to ask with
  std::string user_code;   // for the person, as show_user_code() writes it
  std::chrono::seconds life{};
  std::chrono::seconds pause{};  // between two questions
};

/// What a program is given that was let in, once.
struct ProgramAccess {
  Secret<32> token;  // of its session
  Scopes scopes;
  Verification verification;
};

/// For whom a program is let in.
struct PersonSaysYes {
  VerificationId proof;
  Language language = Language::en;  // of the mail that tells it
};

/// A line of the list of who was let in.
struct ListedProgram {
  Program program;
  Instant used;  // to the hour
  Instant ends;  // where it is not used until then
};

/// Threads: any. All functions may block on the database.
class Programs {
 public:
  explicit Programs(const Parts& parts) : parts_(parts) {}

  /// Errors: `invalid` for a name that is empty, too long or no plain line; `throttled`.
  Result<ProgramCodes> ask(const Caller& caller, const std::string& name, const Scopes& scopes);
  /// The program asks what became of it.
  /// Errors: `conflict` ("authorization_pending"), `throttled` ("slow_down SECONDS"), `refused`
  ///         ("access_denied"), `expired` ("expired_token"), also for a code that is not there.
  Result<ProgramAccess> poll(const Secret<32>& device_code);

  /// What asks under a code that a person has typed.
  /// Errors of the three: `unproven` without a proven mailbox; `denied` for a code that is not
  ///         there, is past or was answered; `throttled` after too many of those.
  Result<ProgramWish> find(const Caller& caller, std::string_view user_code);
  /// Lets it in for the address of one of the caller's proofs, and mails the person so in their
  /// language. Errors: `conflict` ("programs") where the address has as many as it may.
  Result<> allow(const Caller& caller, std::string_view user_code, const PersonSaysYes& yes);
  Result<> decline(const Caller& caller, std::string_view user_code);

  /// Who was let in for the address of one of the caller's proofs, the oldest first.
  /// Errors of both: `denied` for a proof that is not the caller's, or no such program.
  Result<std::vector<ListedProgram>> list(const Caller& caller, const VerificationId& proof);
  Result<> end(const Caller& caller, const VerificationId& proof, const ProgramId& id);

  /// Whether the caller's session may do this; `scope` is empty for what every session may.
  /// A session that was not let in as a program may do everything. Errors: `refused` ("scope").
  Result<> may(const Caller& caller, const std::optional<Scope>& scope);

 private:
  Buffer mac_of(std::string_view user_code) const;
  Result<> check_guesses(const Caller& caller);
  Result<> count_guess(const Caller& caller);
  /// The waiting wish of a code; counts the guess where there is none.
  Result<ProgramWish> waiting(const Caller& caller, std::string_view user_code);
  Result<> answer(const Caller& caller, std::string_view user_code, const ProgramMail* allowed);
  Result<ProgramAccess> let_in(Transaction& tx, const ProgramWish& wish);

  const Parts& parts_;
};

}  // namespace couvert
