// Which scope each route of a session needs: one table, which spec/api.yaml says likewise
// (`bearer: [send]`) and a test compares.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "http/exchange.h"
#include "service/programs.h"

namespace couvert {

/// Whether a request to this route acts by a session, where there is one.
bool acts_by_session(Who who);

/// The scope of a route that acts by a session; nothing where every session may call it. Outside:
/// no row for it.
struct ScopeRow {
  Method method;
  std::string_view path;
  std::optional<Scope> scope;
};
const ScopeRow* find_scope(Method method, std::string_view path);

/// Puts the question for the scope before every handler that acts by a session. A program without
/// it gets 403 (`scope`). A route without a row does not start.
/// Lifetime: `programs` outlives the routes.
void guard_by_scope(std::vector<Route>& routes, Programs& programs);

}  // namespace couvert
