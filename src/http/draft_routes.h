// Routes of a draft and its files: JSON for the draft, tus 1.0.0 for the bytes.
#pragma once

#include "http/api_routes.h"

namespace couvert {

void add_draft_routes(std::vector<Route>& routes, const ApiParts& api);

}  // namespace couvert
