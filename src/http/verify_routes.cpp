#include "http/verify_routes.h"

#include "http/api_input.h"

namespace couvert {
namespace {

Outcome request_code(const ApiParts& api, const Request& request) {
  const Result<CodeInput> asked = read_code_request(request.json);
  if (!asked) return asked.error();
  const Result<CodeAnswer> answer = api.verify.request(request.caller, asked->request);
  if (!answer) return answer.error();
  return code_response(*answer, asked->client);
}

Outcome confirm_code(const ApiParts& api, const Request& request) {
  const Result<ConfirmInput> typed = read_confirmation(request.json);
  if (!typed) return typed.error();
  if (api.look.terms_required && !typed->terms_accepted) return Error(ErrorCode::refused, "terms");
  const Result<Verification> proven =
      api.verify.confirm(request.caller, typed->address, typed->code);
  if (!proven) return proven.error();
  return json_response(200, json_of(*proven, api.parts.settings.verification));
}

Outcome list_verifications(const ApiParts& api, const Request& request) {
  const Result<std::vector<Verification>> held = api.verify.list(request.caller);
  if (!held) return held.error();
  Json::Array list;
  for (const Verification& one : *held) {
    list.push_back(json_of(one, api.parts.settings.verification));
  }
  return json_response(200, Json(Json::Object{{"verifications", Json(std::move(list))}}));
}

Outcome forget_verification(const ApiParts& api, const Request& request) {
  const Result<> forgotten =
      api.verify.forget(request.caller, id_argument<VerificationId>(request, 0));
  if (!forgotten) return forgotten.error();
  return no_content();
}

Outcome ask_policy(const ApiParts& api, const Request& request) {
  const Result<PolicyRequest> asked = read_policy_request(request.json);
  if (!asked) return asked.error();
  const Result<PolicyAnswer> answer = api.ask_policy.ask(request.caller, *asked);
  if (!answer) return answer.error();
  return json_response(200, json_of(*answer));
}

Outcome check_password(const ApiParts& api, const Request& request) {
  PasswordInput asked;
  asked.rules = api.parts.settings.allowance.password_rules;
  const Result<> read = read_password(request.json, asked);
  if (!read) return read.error();
  // Judging costs milliseconds: only for those who have proven a mailbox.
  const Result<std::vector<Verification>> held = api.verify.list(request.caller);
  if (!held) return held.error();
  if (held->empty()) return Error(ErrorCode::unproven, "nothing proven");
  return json_response(200, json_of(api.parts.judge.judge(asked.password, asked.rules)));
}

Outcome preview_notification(const ApiParts& api, const Request& request) {
  const Result<PreviewRequest> asked = read_preview_request(request.json);
  if (!asked) return asked.error();
  const Result<Preview> preview = api.preview.show(request.caller, *asked);
  if (!preview) return preview.error();
  return json_response(200, json_of(*preview));
}

// The same mail's HTML part, as a page for a frame.
Outcome show_notification(const ApiParts& api, const Request& request) {
  const Result<PreviewRequest> asked = read_preview_request(request.json);
  if (!asked) return asked.error();
  Result<Preview> preview = api.preview.show(request.caller, *asked);
  if (!preview) return preview.error();
  Response response;
  response.content_type = "text/html; charset=utf-8";
  response.body = std::move(preview->html);
  response.shown = Shown::mail;
  return response;
}

}  // namespace

void add_verify_routes(std::vector<Route>& routes, const ApiParts& api) {
  const auto add = [&](Method method, std::string_view path, Access access,
                       Outcome (*handle)(const ApiParts&, const Request&)) {
    routes.emplace_back(method, path, access,
                        [api, handle](const std::shared_ptr<const Request>& request) {
                          return handle(api, *request);
                        });
  };
  const Access client_reads(Who::client, Body::none);
  const Access client_json(Who::client, Body::small_json);
  const Access session_small(Who::session, Body::small_json);
  const Access session_json(Who::session, Body::json);
  const Access session_plain(Who::session, Body::none);
  add(Method::get, "/api/v1/verifications", client_reads, list_verifications);
  add(Method::post, "/api/v1/verifications", client_json, request_code);
  add(Method::post, "/api/v1/verifications/confirm", session_small, confirm_code);
  add(Method::remove, "/api/v1/verifications/{verification_id}", session_plain,
      forget_verification);
  add(Method::post, "/api/v1/policy", session_json, ask_policy);
  add(Method::post, "/api/v1/passwords/check", session_small, check_password);
  add(Method::post, "/api/v1/notification", session_json, preview_notification);
  add(Method::post, "/api/v1/notification/page", Access(Who::session, Body::json_form),
      show_notification);
}

}  // namespace couvert
