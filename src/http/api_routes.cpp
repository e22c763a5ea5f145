#include "http/api_routes.h"

#include "http/draft_routes.h"
#include "http/event_routes.h"
#include "http/program_routes.h"
#include "http/quick_routes.h"
#include "http/received_routes.h"
#include "http/retrieve_routes.h"
#include "http/scopes.h"
#include "http/sent_routes.h"
#include "http/server_routes.h"
#include "http/start_routes.h"
#include "http/verify_routes.h"

// The bytes of spec/api.yaml, from api_description.S.
extern "C" const char couvert_api_description_begin[];
extern "C" const char couvert_api_description_end[];

namespace couvert {

std::string_view api_description() {
  return {couvert_api_description_begin,
          static_cast<std::size_t>(couvert_api_description_end - couvert_api_description_begin)};
}

std::vector<Route> api_routes(const ApiParts& api) {
  std::vector<Route> routes;
  add_health_routes(routes, api.health);
  add_server_routes(routes, api);
  add_verify_routes(routes, api);
  add_draft_routes(routes, api);
  add_start_routes(routes, api);
  add_sent_routes(routes, api);
  add_retrieve_routes(routes, api);
  add_received_routes(routes, api);
  add_event_routes(routes, api);
  add_quick_routes(routes, api);
  add_program_routes(routes, api);
  guard_by_scope(routes, api.programs);
  return routes;
}

}  // namespace couvert
