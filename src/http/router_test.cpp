#include "http/router.h"

#include <doctest/doctest.h>

#include <fstream>
#include <map>
#include <set>

#include "http/api_routes.h"
#include "http/scopes.h"

using namespace couvert;

namespace {

using Operations = std::map<std::string, std::string>;  // "GET /path" -> who

// Reads the few lines of spec/api.yaml that say paths, methods and security. The file's own style
// is relied on: two blanks before a path, four before a method, six before its keys.
Operations operations_of_spec() {
  Operations found;
  std::ifstream in(COUVERT_SOURCE_DIR "/spec/api.yaml");
  std::string line;
  std::string path;
  std::string operation;
  bool in_paths = false;
  while (std::getline(in, line)) {
    if (!line.starts_with(' ')) in_paths = line == "paths:";
    if (!in_paths) continue;
    if (line.starts_with("  /")) path = line.substr(2, line.size() - 3);
    for (const char* method : {"get", "head", "post", "put", "patch", "delete", "options"}) {
      if (line != "    " + std::string(method) + ":") continue;
      operation = method;
      for (char& c : operation) c = static_cast<char>(std::toupper(c));
      operation += " " + path;
      found[operation] = "session";
    }
    constexpr std::string_view security = "      security: ";
    if (!line.starts_with(security)) continue;
    const std::string who = line.substr(security.size());
    if (who == "[]") found[operation] = "anyone";
    if (who.starts_with("[{}")) found[operation] = "client";
    const bool has_secret = who.find("secret") != std::string::npos;
    const bool may_lack_it = who.find("{ session: [] }") != std::string::npos;
    if (has_secret) found[operation] = may_lack_it ? "maybe_sender" : "sender";
    if (who.find("retrieval") != std::string::npos) found[operation] = "recipient";
    const bool has_device = who.find("device") != std::string::npos;
    if (has_device)
      found[operation] = found[operation] == "recipient" ? "recipient_device" : "device";
    if (who.find("member") != std::string::npos) found[operation] = "new_device";
  }
  return found;
}

// The scopes that the same lines ask for: "" where there is none.
std::map<std::string, std::string> scopes_of_spec() {
  std::map<std::string, std::string> found;
  std::ifstream in(COUVERT_SOURCE_DIR "/spec/api.yaml");
  std::string path;
  std::string operation;
  for (std::string line; std::getline(in, line) && line != "components:";) {
    if (line.starts_with("  /")) path = line.substr(2, line.size() - 3);
    for (const char* method : {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"}) {
      std::string lower = method;
      for (char& c : lower) c = static_cast<char>(std::tolower(c));
      if (line == "    " + lower + ":") operation = std::string(method) + " " + path;
    }
    const std::size_t at = line.find("bearer: [");
    if (!line.starts_with("      security: ") || at == std::string::npos) continue;
    const std::string rest = line.substr(at + 9);
    found[operation] = rest.substr(0, rest.find(']'));
  }
  return found;
}

std::string name_of(Who who) {
  switch (who) {
    case Who::anyone:
      return "anyone";
    case Who::client:
      return "client";
    case Who::session:
      return "session";
    case Who::sender:
      return "sender";
    case Who::maybe_sender:
      return "maybe_sender";
    case Who::recipient:
      return "recipient";
    case Who::device:
      return "device";
    case Who::new_device:
      return "new_device";
    case Who::recipient_device:
      return "recipient_device";
  }
  return "";
}

// The table needs use cases to point to, not to call.
std::vector<Route> routes_of_program() {
  alignas(std::max_align_t) static std::byte memory[4096];
  const auto any = [](auto* type) -> auto& {
    return *reinterpret_cast<std::remove_pointer_t<decltype(type)>*>(memory);
  };
  const ApiParts api{any(static_cast<const Parts*>(nullptr)),
                     any(static_cast<Verify*>(nullptr)),
                     any(static_cast<AskPolicy*>(nullptr)),
                     any(static_cast<ShowPreview*>(nullptr)),
                     any(static_cast<Drafts*>(nullptr)),
                     any(static_cast<Start*>(nullptr)),
                     any(static_cast<Sent*>(nullptr)),
                     any(static_cast<ChangeSent*>(nullptr)),
                     any(static_cast<Retrieve*>(nullptr)),
                     any(static_cast<Received*>(nullptr)),
                     any(static_cast<QuickPeople*>(nullptr)),
                     any(static_cast<QuickRelay*>(nullptr)),
                     any(static_cast<Programs*>(nullptr)),
                     "1",
                     {[] { return Result<>(); }, any(static_cast<Log*>(nullptr))},
                     any(static_cast<const Look*>(nullptr))};
  return api_routes(api);
}

Outcome nothing(const std::shared_ptr<const Request>&) {
  return Response();
}

const std::string some_id(26, 'a');

}  // namespace

TEST_CASE("the routes are the operations of the API, with the same callers") {
  const Operations spec = operations_of_spec();
  CHECK(spec.size() > 25);
  Operations program;
  for (const Route& route : routes_of_program()) {
    program[std::string(name_of(route.method)) + " " + route.path] = name_of(route.access.who);
  }
  for (const auto& [operation, who] : spec) {
    CAPTURE(operation);
    REQUIRE(program.contains(operation));
    // Listing tells nothing to somebody without a session: an empty list.
    if (operation == "GET /api/v1/verifications") continue;
    CHECK(program[operation] == who);
  }
  for (const auto& [operation, who] : program) {
    CAPTURE(operation);
    CHECK(spec.contains(operation));
  }
}

TEST_CASE("every route of a session needs the scope that the API's description says") {
  std::map<std::string, std::string> spec = scopes_of_spec();
  int guarded = 0;
  for (const Route& route : routes_of_program()) {
    const std::string operation = std::string(name_of(route.method)) + " " + route.path;
    CAPTURE(operation);
    const ScopeRow* row = find_scope(route.method, route.path);
    CHECK((row != nullptr) == acts_by_session(route.access.who));
    if (row == nullptr) continue;
    CHECK(spec[operation] == (row->scope ? name_of(*row->scope) : ""));
    ++guarded;
  }
  CHECK(guarded > 40);
}

TEST_CASE("a path finds its route and gives its arguments") {
  const Access access(Who::anyone, Body::none);
  std::vector<Route> routes;
  routes.emplace_back(Method::get, "/a/{some_id}/files/{file_no}", access, nothing);
  routes.emplace_back(Method::post, "/a/confirm", access, nothing);
  routes.emplace_back(Method::remove, "/a/{some_id}", access, nothing);
  const auto router = Router::make(routes);
  REQUIRE(router);
  const auto file = router->find(Method::get, "/a/" + some_id + "/files/4294967295");
  REQUIRE(file.route != nullptr);
  CHECK(file.arguments == std::vector<std::string>{some_id, "4294967295"});
  CHECK(router->find(Method::post, "/a/confirm").route->method == Method::post);
  CHECK(router->find(Method::get, "/a/" + some_id).route == nullptr);
  CHECK(router->find(Method::get, "/a/" + some_id).allowed == "DELETE");
}

TEST_CASE("IDs and numbers in paths have one spelling") {
  std::vector<Route> routes;
  routes.emplace_back(Method::get, "/i/{x_id}", Access(Who::anyone, Body::none), nothing);
  routes.emplace_back(Method::get, "/n/{x_no}", Access(Who::anyone, Body::none), nothing);
  const auto router = Router::make(routes);
  const auto found = [&](const std::string& path) {
    return router->find(Method::get, path).route != nullptr;
  };
  CHECK(found("/i/" + some_id));
  CHECK(!found("/i/" + std::string(25, 'a')));
  CHECK(!found("/i/" + std::string(26, 'A')));
  CHECK(!found("/i/" + std::string(26, '1')));
  CHECK(!found("/i/" + some_id + "/"));
  CHECK(found("/n/0"));
  CHECK(!found("/n/00"));
  CHECK(!found("/n/-1"));
  CHECK(!found("/n/4294967296"));
  CHECK(!found("/n/99999999999999999999"));
  CHECK(!found("/n/"));
}

TEST_CASE("a table with two rows for one thing, or a row without handler, is refused") {
  const Access access(Who::anyone, Body::none);
  std::vector<Route> twice;
  twice.emplace_back(Method::get, "/a", access, nothing);
  twice.emplace_back(Method::get, "/a", access, nothing);
  CHECK(!Router::make(twice));
  std::vector<Route> empty;
  empty.emplace_back(Method::get, "/a", access, nullptr);
  CHECK(!Router::make(empty));
}
