// The routes of event streams: what has changed in a list of transfers, as it happens.
#pragma once

#include "http/api_routes.h"

namespace couvert {

void add_event_routes(std::vector<Route>& routes, const ApiParts& api);

}  // namespace couvert
