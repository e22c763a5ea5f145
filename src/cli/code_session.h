// Codes that come by mail, and the session that each belongs to. It is kept from one call of the
// program to the next, so that a code may be asked for in one and used in another.
#pragma once

#include <functional>

#include "cli/commands.h"

namespace couvert {

/// Makes the kept session, if there is one, the client's. Errors: those of State.
Outcome<> use_kept_session(Client& client, const State& state);

/// Asks for a code by `request` with the kept session, or with a new one, which is kept.
Outcome<api::RequestedCode> request_code(
    const World& world, Client& client, const State& state,
    const std::function<Answer<api::RequestedCode>()>& request);

/// Reads codes from the terminal until one is right, as often as the server lets us. `confirm`
/// gives the server's answer to one. Errors: of the terminal; of the last code.
Outcome<> ask_for_code(Terminal& terminal,
                       const std::function<Answer<>(const std::string& code)>& confirm);

}  // namespace couvert
