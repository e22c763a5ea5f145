// Whether the server lives and can work, for load balancers, and what the admin listener answers.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/log.h"
#include "http/exchange.h"

namespace couvert {

/// What these routes ask. Lifetime: what the functions and the log refer to outlives the server.
struct HealthParts {
  std::function<Result<>()> is_ready;  // may block
  Log& log;
};

/// /healthz (alive) and /readyz (can work).
void add_health_routes(std::vector<Route>& routes, const HealthParts& health);

/// The whole table of the admin listener: the two above, and /metrics with the text that `metrics`
/// makes, in Prometheus' format. Everything else is 404 there.
std::vector<Route> admin_routes(const HealthParts& health, std::function<std::string()> metrics);

}  // namespace couvert
