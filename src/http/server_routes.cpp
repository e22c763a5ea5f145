#include "http/server_routes.h"

#include "http/api_json.h"

namespace couvert {
namespace {

Response description() {
  Response response;
  response.fixed_body = api_description();
  response.content_type = "application/yaml";
  response.caching = Caching::revalidate;
  return response;
}

Json facts(const ApiParts& api) {
  const Allowance& allowance = api.parts.settings.allowance;
  Json::Array languages;
  for (const Language language : all_languages) languages.push_back(Json(name_of(language)));
  Json::Object texts;
  for (const OwnText& text : api.look.texts) {
    Json::Array there;
    for (const Language language : text.languages) there.push_back(Json(name_of(language)));
    texts.emplace_back(text.name, Json(std::move(there)));
  }
  const auto bytes_max = static_cast<std::int64_t>(allowance.transfer_bytes_max);
  return Json(Json::Object{{"name", Json("Couvert")},
                           {"version", Json(api.version)},
                           {"organisation", Json(api.parts.settings.organisation)},
                           {"languages", Json(std::move(languages))},
                           {"transfer_bytes_max", Json(bytes_max)},
                           {"days_default", Json(allowance.days_default)},
                           {"days_max", Json(allowance.days_max)},
                           {"phone_required", Json(allowance.phone_required)},
                           {"logo", Json(api.look.logo)},
                           {"texts", Json(std::move(texts))},
                           {"terms_required", Json(api.look.terms_required)}});
}

}  // namespace

void add_server_routes(std::vector<Route>& routes, const ApiParts& api) {
  const Access quick(Who::anyone, Body::none, Pace::quick);
  routes.emplace_back(Method::get, "/api/openapi.yaml", quick,
                      [](const auto&) -> Outcome { return description(); });
  routes.emplace_back(Method::get, "/api/v1/server", quick,
                      [api](const auto&) -> Outcome { return json_response(200, facts(api)); });
}

}  // namespace couvert
