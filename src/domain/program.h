// Programs that a person lets in: what they may do, and the code that a person types for one.
#pragma once

#include <array>
#include <set>
#include <string>
#include <string_view>

#include "base/limits.h"
#include "base/random.h"
#include "base/result.h"

namespace couvert {

/// What a session may do. A session that has proven a mailbox by itself may do all of it; a program
/// that was let in, what it has asked for. Nobody can let a program `verify`: prove further
/// mailboxes, or let others in.
enum class Scope { send, sent, receive, quick, account, verify };

/// Those that a program can be given.
inline constexpr auto given_scopes =
    std::to_array<Scope>({Scope::send, Scope::sent, Scope::receive, Scope::quick, Scope::account});

/// "send", "sent", …
std::string_view name_of(Scope scope);

using Scopes = std::set<Scope>;

/// Their names, parted by single spaces, in the order of the enum.
std::string write_scopes(const Scopes& scopes);
/// Reads what write_scopes() wrote. Errors: `invalid`, also for none and for `verify`.
Result<Scopes> parse_scopes(std::string_view text);

/// A fresh code for a person to read, say and type: 8 consonants (RFC 8628 section 6.1), in which
/// no word can stand. As "WDJBMJHT".
std::string make_user_code(Random& random);
/// As people see it: "WDJB-MJHT".
std::string show_user_code(std::string_view code);
/// What a person typed, as make_user_code() writes it: case, spaces and hyphens do not matter.
/// Errors: `invalid` for what can be no such code.
Result<std::string> parse_user_code(std::string_view typed);

}  // namespace couvert
