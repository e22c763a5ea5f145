// Proving a mailbox by a mailed code: the code's form, its limits, how long a proof lasts.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/limits.h"
#include "base/random.h"
#include "base/result.h"

namespace couvert {

/// What the operator may shorten.
struct VerificationLimits {
  std::chrono::minutes code_life = limits::code_life;
  std::chrono::hours life = limits::verification_life;
  std::chrono::hours idle = limits::verification_idle;
};

/// What somebody wants to do with a proof, as the code's mail says it. It opens all of this anyway.
enum class CodePurpose { any, provide, sent, received, retrieve };

/// "any", "provide", …
std::string_view name_of(CodePurpose purpose);
/// Errors: `invalid`.
Result<CodePurpose> parse_code_purpose(std::string_view text);

/// Who asks: a browser gets cookies, a program tokens.
enum class ClientKind { browser, program };

/// "browser" or "program".
std::string_view name_of(ClientKind client);
/// Errors: `invalid`.
Result<ClientKind> parse_client_kind(std::string_view text);

/// A fresh code: 10 characters out of 23 letters and digits that cannot be taken for one another in
/// any usual typeface (no 0 o, 1 i l, 2 z, 5 s, 8 b, u v), 45 bits.
std::string make_code(Random& random);

/// What a person typed or pasted, as make_code() writes it: case, spaces and hyphens do not matter.
/// Anything else stays as it is, and so matches no code.
std::string normalise_code(std::string_view typed);

/// Whether a proof made at `created`, last used at `used`, ending at `end` still holds at `now`.
bool still_holds(const VerificationLimits& limits, Instant used, Instant end, Instant now);

}  // namespace couvert
