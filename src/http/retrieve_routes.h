// Routes of a recipient: find and open a transfer, take its files, finish.
#pragma once

#include "http/api_routes.h"

namespace couvert {

void add_retrieve_routes(std::vector<Route>& routes, const ApiParts& api);

}  // namespace couvert
