#include "http/health_routes.h"

#include "http/problem.h"

namespace couvert {
namespace {

using Ask = const std::shared_ptr<const Request>&;

Response text(std::string_view constant) {
  Response response;
  response.content_type = "text/plain; charset=utf-8";
  response.fixed_body = constant;
  return response;
}

}  // namespace

void add_health_routes(std::vector<Route>& routes, const HealthParts& health) {
  const Access quick(Who::anyone, Body::none, Pace::quick);
  const Access blocking(Who::anyone, Body::none);
  routes.emplace_back(Method::get, "/healthz", quick,
                      [](Ask) -> Outcome { return text("alive\n"); });
  routes.emplace_back(Method::get, "/readyz", blocking, [health](Ask) -> Outcome {
    const Result<> ready = health.is_ready();
    if (ready) return text("ready\n");
    health.log.failure("not ready", ready.error());
    return problem(503);
  });
}

std::vector<Route> admin_routes(const HealthParts& health, std::function<std::string()> metrics) {
  std::vector<Route> routes;
  add_health_routes(routes, health);
  routes.emplace_back(Method::get, "/metrics", Access(Who::anyone, Body::none),
                      [metrics = std::move(metrics)](Ask) -> Outcome {
                        Response response;
                        response.content_type = "text/plain; version=0.0.4; charset=utf-8";
                        response.body = metrics();
                        return response;
                      });
  return routes;
}

}  // namespace couvert
