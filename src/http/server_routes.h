// Routes about the server itself: health, readiness, its description, its public facts.
#pragma once

#include "http/api_routes.h"

namespace couvert {

void add_server_routes(std::vector<Route>& routes, const ApiParts& api);

}  // namespace couvert
