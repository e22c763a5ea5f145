// A line to the server by the session that an earlier verify or login has left.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cli/commands.h"

namespace couvert {

/// Lifetime: the world outlives it.
struct SessionLine {
  Connection connection;
  Client& client() { return *connection.client; }
};

/// Errors: those of named_server(), open_state(), connect(); `unproven` without a session.
Outcome<SessionLine> open_session_line(const World& world);

/// What the session has proven and still holds: of one address, or all.
/// Errors: `unproven` where that is nothing.
Outcome<std::vector<api::Verification>> held_verifications(
    Client& client, const std::optional<std::string>& address);

/// The one that --from names, or the only one. Errors: also `usage` where there are several.
Outcome<api::Verification> chosen_verification(const World& world, Client& client);

}  // namespace couvert
