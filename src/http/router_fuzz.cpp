// Fuzzes paths: what is found has the arguments that its template names, each in its one spelling.
//
// parser: src/http/router.cpp
#include <algorithm>

#include "base/id.h"
#include "http/router.h"

namespace couvert {
namespace {

Router test_router() {
  const Handler handler = [](const std::shared_ptr<const Request>&) { return Response(); };
  const Access access(Who::anyone, Body::none);
  std::vector<Route> routes;
  for (const char* path :
       {"/", "/healthz", "/api/v1/verifications/confirm", "/api/v1/verifications/{verification_id}",
        "/api/v1/drafts/{draft_id}/files/{file_no}", "/api/v1/retrievals/{retrieval_id}/zip"}) {
    routes.emplace_back(Method::get, path, access, handler);
    routes.emplace_back(Method::remove, path, access, handler);
  }
  Result<Router> router = Router::make(std::move(routes));
  INVARIANT(router);
  return std::move(*router);
}

// Tables that must not start.
void check_tables(std::string_view path) {
  const Access access(Who::anyone, Body::none);
  const Handler handler = [](const std::shared_ptr<const Request>&) { return Response(); };
  std::vector<Route> twice;
  twice.emplace_back(Method::get, path, access, handler);
  twice.emplace_back(Method::get, path, access, handler);
  INVARIANT(!Router::make(twice));
  std::vector<Route> deaf;
  deaf.emplace_back(Method::get, path, access, nullptr);
  INVARIANT(!Router::make(deaf));
}

}  // namespace

void fuzz(std::string_view path) {
  static const Router router = test_router();
  check_tables(path);
  const Router::Match match = router.find(Method::get, path);
  INVARIANT(router.find(Method::post, path).route == nullptr);
  INVARIANT(router.find(Method::post, path).allowed == match.allowed);
  if (match.route == nullptr) {
    INVARIANT(match.allowed.empty());
    return;
  }
  INVARIANT(match.allowed == "GET, DELETE" || match.allowed == "GET, DELETE, GET, DELETE");
  const auto names = std::ranges::count(match.route->path, '{');
  INVARIANT(static_cast<std::ptrdiff_t>(match.arguments.size()) == names);
  for (const std::string& argument : match.arguments) {
    const bool is_id = argument.size() == 26;
    INVARIANT(is_id || std::to_string(std::stoull(argument)) == argument);
    INVARIANT(is_id || std::stoull(argument) <= UINT32_MAX);
    // 128 bits fill 26 characters up to two bits, which the reader of IDs looks at.
    if (const auto id = TransferId::parse(argument)) INVARIANT(id->text() == argument);
  }
}

}  // namespace couvert

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  couvert::fuzz({reinterpret_cast<const char*>(data), size});
  return 0;
}
