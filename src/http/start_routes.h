// Routes that send: Start transfer, and what became of it.
#pragma once

#include "http/api_routes.h"

namespace couvert {

void add_start_routes(std::vector<Route>& routes, const ApiParts& api);

}  // namespace couvert
