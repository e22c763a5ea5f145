#include "http/program_routes.h"

#include "crypto/secret_bytes.h"
#include "http/program_input.h"

namespace couvert {
namespace {

Json names_of(const Scopes& scopes) {
  Json::Array names;
  for (const Scope scope : scopes) names.push_back(Json(name_of(scope)));
  return Json(std::move(names));
}

Json seconds(std::chrono::seconds time) {
  return Json(std::int64_t{time.count()});
}

Outcome ask(const ApiParts& api, const Request& request) {
  const Result<ProgramInput> asked = read_program_request(request.json);
  if (!asked) return asked.error();
  const Result<ProgramCodes> codes = api.programs.ask(request.caller, asked->name, asked->scopes);
  if (!codes) return codes.error();
  // The code stands behind "#": no server or proxy on the way writes it down.
  const std::string page = api.parts.settings.base_url + "/device";
  std::string device_code = secret_to_base64url(codes->device_code);
  Response response = json_response(
      200, Json(Json::Object{{"device_code", Json(device_code)},
                             {"user_code", Json(codes->user_code)},
                             {"verification_uri", Json(page)},
                             {"verification_uri_complete", Json(page + "#" + codes->user_code)},
                             {"expires_in", seconds(codes->life)},
                             {"interval", seconds(codes->pause)}}));
  wipe(device_code);
  response.secret = true;
  return response;
}

Outcome poll(const ApiParts& api, const Request& request) {
  const Result<Secret<32>> code = read_device_code(request.json);
  if (!code) return code.error();
  const Result<ProgramAccess> access = api.programs.poll(*code);
  if (!access) return access.error();
  const Verification& proof = access->verification;
  Json body = json_of(proof, api.parts.settings.verification);
  std::string token = secret_to_base64url(access->token);
  body.object()->emplace_back("access_token", Json(token));
  body.object()->emplace_back("token_type", Json("Bearer"));
  body.object()->emplace_back("scopes", names_of(access->scopes));
  Response response = json_response(200, body);
  wipe(token);
  response.secret = true;
  return response;
}

Outcome find(const ApiParts& api, const Request& request) {
  const Result<std::string> code = read_user_code(request.json);
  if (!code) return code.error();
  const Result<ProgramWish> wish = api.programs.find(request.caller, *code);
  if (!wish) return wish.error();
  return json_response(200, Json(Json::Object{{"name", Json(wish->name)},
                                              {"scopes", names_of(wish->scopes)},
                                              {"created", Json(to_rfc3339(wish->created))},
                                              {"expires", Json(to_rfc3339(wish->end))}}));
}

Outcome allow(const ApiParts& api, const Request& request) {
  const Result<AllowInput> input = read_allow(request.json);
  if (!input) return input.error();
  const Result<> allowed = api.programs.allow(request.caller, input->user_code, input->yes);
  if (!allowed) return allowed.error();
  return no_content();
}

Outcome decline(const ApiParts& api, const Request& request) {
  const Result<std::string> code = read_user_code(request.json);
  if (!code) return code.error();
  const Result<> declined = api.programs.decline(request.caller, *code);
  if (!declined) return declined.error();
  return no_content();
}

Outcome list_programs(const ApiParts& api, const Request& request) {
  const auto proof = id_argument<VerificationId>(request, 0);
  const Result<std::vector<ListedProgram>> all = api.programs.list(request.caller, proof);
  if (!all) return all.error();
  Json::Array list;
  for (const ListedProgram& one : *all) {
    list.push_back(Json(Json::Object{{"program_id", Json(one.program.program_id.text())},
                                     {"name", Json(one.program.name)},
                                     {"scopes", names_of(one.program.scopes)},
                                     {"since", Json(to_rfc3339(one.program.created))},
                                     {"used", Json(to_rfc3339(one.used))},
                                     {"expires", Json(to_rfc3339(one.ends))}}));
  }
  return json_response(200, Json(Json::Object{{"programs", Json(std::move(list))}}));
}

Outcome end_program(const ApiParts& api, const Request& request) {
  const Result<> ended = api.programs.end(request.caller, id_argument<VerificationId>(request, 0),
                                          id_argument<ProgramId>(request, 1));
  if (!ended) return ended.error();
  return no_content();
}

}  // namespace

void add_program_routes(std::vector<Route>& routes, const ApiParts& api) {
  const auto add = [&](Method method, std::string_view path, Access access,
                       Outcome (*handle)(const ApiParts&, const Request&)) {
    routes.emplace_back(method, path, access,
                        [api, handle](const std::shared_ptr<const Request>& request) {
                          return handle(api, *request);
                        });
  };
  const Access stranger(Who::anyone, Body::small_json);
  const Access person(Who::session, Body::small_json);
  const Access plain(Who::session, Body::none);
  const std::string programs = "/api/v1/verifications/{verification_id}/programs";
  add(Method::post, "/api/v1/device/authorization", stranger, ask);
  add(Method::post, "/api/v1/device/token", stranger, poll);
  add(Method::post, "/api/v1/device/find", person, find);
  add(Method::post, "/api/v1/device/allow", person, allow);
  add(Method::post, "/api/v1/device/decline", person, decline);
  add(Method::get, programs, plain, list_programs);
  add(Method::remove, programs + "/{program_id}", plain, end_program);
}

}  // namespace couvert
