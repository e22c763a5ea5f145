// Routes for what was sent: the list, one transfer, and changes of it.
#pragma once

#include "http/api_routes.h"

namespace couvert {

void add_sent_routes(std::vector<Route>& routes, const ApiParts& api);

}  // namespace couvert
