#include "http/verify_routes.h"

#include "http/api_json.h"

namespace couvert {
namespace {

constexpr std::size_t address_typed_bytes_max = 1000;  // of a recipient that may be none

Outcome request_code(const ApiParts& api, const Request& request) {
  ObjectReader reader(request.json);
  CodeRequest asked;
  asked.address = reader.string("address", limits::address_bytes_max);
  asked.language = parsed<Language>(reader, "language", language_of);
  const auto client = parsed<ClientKind>(reader, "client", parse_client_kind);
  const Result<> read = reader.finish();
  if (!read) return read.error();
  const Result<CodeAnswer> answer = api.verify.request(request.caller, asked);
  if (!answer) return answer.error();
  return code_response(*answer, client);
}

Outcome confirm_code(const ApiParts& api, const Request& request) {
  ObjectReader reader(request.json);
  const std::string address = reader.string("address", limits::address_bytes_max);
  const std::string code = reader.string("code", code_typed_bytes_max);
  const Result<> read = reader.finish();
  if (!read) return read.error();
  const Result<Verification> proven = api.verify.confirm(request.caller, address, code);
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
  ObjectReader reader(request.json);
  PolicyRequest asked;
  asked.from = parsed<Address>(reader, "from", parse_address);
  asked.reply_to = parsed_if_there<TransferId>(reader, "reply_to", TransferId::parse);
  for (const Json& item : reader.array("recipients", limits::recipients_max)) {
    const std::string* text = item.string();
    if (text == nullptr || text->size() > address_typed_bytes_max) {
      reader.refuse("recipients", "must be texts");
      break;
    }
    asked.recipients.push_back(*text);
  }
  const Result<> read = reader.finish();
  if (!read) return read.error();
  const Result<PolicyAnswer> answer = api.ask_policy.ask(request.caller, asked);
  if (!answer) return answer.error();
  return json_response(200, json_of(*answer));
}

Outcome check_password(const ApiParts& api, const Request& request) {
  ObjectReader reader(request.json);
  std::string password = reader.string("password", limits::password_bytes_max);
  const Result<> read = reader.finish();
  // Judging costs milliseconds: only for those who have proven a mailbox.
  const Result<std::vector<Verification>> held = api.verify.list(request.caller);
  Outcome outcome = Error(ErrorCode::unproven, "nothing proven");
  if (!read) {
    outcome = Outcome(read.error());
  } else if (!held) {
    outcome = Outcome(held.error());
  } else if (!held->empty()) {
    const int length_min = api.parts.settings.allowance.password_length_min;
    outcome = json_response(200, json_of(api.parts.judge.judge(password, length_min)));
  }
  wipe(password);
  return outcome;
}

Outcome preview_notification(const ApiParts& api, const Request& request) {
  ObjectReader reader(request.json);
  PreviewRequest asked;
  asked.from = parsed<Address>(reader, "from", parse_address);
  asked.name = reader.string("name", limits::name_bytes_max);
  asked.phone = reader.optional_string("phone", limits::phone_bytes_max).value_or("");
  asked.language = parsed<Language>(reader, "language", language_of);
  asked.expires = parsed<Instant>(reader, "expires", parse_rfc3339);
  asked.open_by = parsed<OpenBy>(reader, "open_by", parse_open_by);
  for (const Json& item : reader.optional_array("file_names", limits::files_max)) {
    const std::string* name = item.string();
    if (name == nullptr || name->size() > limits::file_name_bytes_max) {
      reader.refuse("file_names", "must be names");
      break;
    }
    asked.file_names.push_back(*name);
  }
  Result<> inner;
  if (const Json* notification = reader.optional_object("notification")) {
    ObjectReader edited(*notification);
    asked.subject = edited.optional_string("subject", limits::subject_bytes_max).value_or("");
    asked.text = edited.optional_string("text", limits::notification_bytes_max).value_or("");
    inner = edited.finish();
  }
  const Result<> read = reader.finish();
  if (!read) return read.error();
  if (!inner) return inner.error();
  const Result<Preview> preview = api.preview.show(request.caller, asked);
  if (!preview) return preview.error();
  return json_response(200, json_of(*preview));
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
  const Access client_json(Who::client, Body::json);
  const Access session_json(Who::session, Body::json);
  const Access session_plain(Who::session, Body::none);
  add(Method::get, "/api/v1/verifications", client_reads, list_verifications);
  add(Method::post, "/api/v1/verifications", client_json, request_code);
  add(Method::post, "/api/v1/verifications/confirm", session_json, confirm_code);
  add(Method::remove, "/api/v1/verifications/{verification_id}", session_plain,
      forget_verification);
  add(Method::post, "/api/v1/policy", session_json, ask_policy);
  add(Method::post, "/api/v1/passwords/check", session_json, check_password);
  add(Method::post, "/api/v1/notification", session_json, preview_notification);
}

}  // namespace couvert
