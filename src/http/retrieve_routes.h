// Routes of a recipient: find and open a transfer, take its files, finish.
#pragma once

#include "http/api_routes.h"

namespace couvert {

void add_retrieve_routes(std::vector<Route>& routes, const ApiParts& api);

/// The numbers of "files=0,2,5"; an empty list for an empty query.
/// Errors: `invalid` for anything else, a number twice, or more than limits::files_max.
Result<std::vector<std::uint32_t>> read_file_numbers(std::string_view query);

}  // namespace couvert
