// The routes of programs that ask to be let in, and of who lets them (spec/api.yaml, tag programs).
#pragma once

#include "http/api_routes.h"

namespace couvert {

void add_program_routes(std::vector<Route>& routes, const ApiParts& api);

}  // namespace couvert
