#include "http/start_routes.h"

#include "http/api_input.h"

namespace couvert {
namespace {

using Ask = const std::shared_ptr<const Request>&;

// What Start transfer asks for, until its password has been stretched.
struct Asked {
  std::shared_ptr<const Request> request;
  StartInput input;
};

Outcome start_now(const ApiParts& api, const std::shared_ptr<Asked>& asked) {
  const Request& request = *asked->request;
  const DraftKey key{request.caller, id_argument<SlotId>(request, 0), *request.secret};
  const Result<StartedTransfer> started = api.start.start(key, std::move(asked->input.start));
  if (!started) return started.error();
  Response response = json_response(started->repeated ? 200 : 201, json_of(*started));
  response.secret = true;  // links without password end in their secret
  return response;
}

Outcome stretch(const ApiParts& api, const std::shared_ptr<Asked>& asked) {
  Result<StretchedPassword> stretched = stretch_password(asked->input.password, api.parts.random);
  wipe(asked->input.password);
  if (!stretched) return stretched.error();
  asked->input.start.password = std::move(*stretched);
  return Later{Where::pool, [api, asked] { return start_now(api, asked); }};
}

Outcome start_transfer(const ApiParts& api, Ask request) {
  const auto asked = std::make_shared<Asked>();
  asked->request = request;
  const Result<> read = read_start_request(request->json, asked->input);
  if (!read) return read.error();
  if (asked->input.start.open_by != OpenBy::password) return start_now(api, asked);
  // No Argon2 run for strangers, nor for what the policy refuses.
  const DraftKey key{request->caller, id_argument<SlotId>(*request, 0), *request->secret};
  const Result<> admitted =
      api.start.admit_password(key, asked->input.start, asked->input.password);
  if (!admitted) return admitted.error();
  return Later{Where::argon, [api, asked] { return stretch(api, asked); }};
}

}  // namespace

void add_start_routes(std::vector<Route>& routes, const ApiParts& api) {
  const auto add = [&](Method method, std::string_view path, Access access,
                       Outcome (*handle)(const ApiParts&, Ask)) {
    routes.emplace_back(method, path, access,
                        [api, handle](Ask request) { return handle(api, request); });
  };
  add(Method::post, "/api/v1/drafts/{draft_id}/start", Access(Who::sender, Body::json),
      start_transfer);
}

}  // namespace couvert
