// The route that sends: Start transfer.
#pragma once

#include "http/api_routes.h"

namespace couvert {

void add_start_routes(std::vector<Route>& routes, const ApiParts& api);

}  // namespace couvert
