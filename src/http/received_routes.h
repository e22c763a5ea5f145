// Routes of a recipient that looks for what is open for its address.
#pragma once

#include "http/api_routes.h"

namespace couvert {

void add_received_routes(std::vector<Route>& routes, const ApiParts& api);

}  // namespace couvert
