// Routes of QUICK: people and their devices, contacts, invitations and envelopes.
#pragma once

#include "http/api_routes.h"

namespace couvert {

void add_quick_routes(std::vector<Route>& routes, const ApiParts& api);

}  // namespace couvert
