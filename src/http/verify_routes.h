// Routes of a sender before the first file: verification, policy, password check, mail preview.
#pragma once

#include "http/api_routes.h"

namespace couvert {

void add_verify_routes(std::vector<Route>& routes, const ApiParts& api);

}  // namespace couvert
