#include "http/retrieve_routes.h"

#include <algorithm>
#include <array>

#include "http/api_input.h"
#include "http/cookies.h"
#include "http/problem.h"

namespace couvert {
namespace {

using Ask = const std::shared_ptr<const Request>&;

constexpr std::string_view retrieval_path = "/api/v1/retrievals/{retrieval_id}";
constexpr std::string_view retrieved_file_path =
    "/api/v1/retrievals/{retrieval_id}/files/{file_no}";
constexpr std::string_view view_path = "/api/v1/retrievals/{retrieval_id}/files/{file_no}/view";
constexpr std::string_view message_path = "/api/v1/retrievals/{retrieval_id}/message";
constexpr std::string_view zip_path = "/api/v1/retrievals/{retrieval_id}/zip";

// What opening asks for, until the password has been stretched.
struct Opening {
  std::shared_ptr<const Request> request;
  OpeningInput input;
  std::optional<Attempt> attempt;
};

RetrievalKey retrieval_key(const Request& request) {
  return {id_argument<SlotId>(request, 0), *request.secret};
}

Outcome find_transfer_by_id(const ApiParts& api, Ask request) {
  const Result<TransferId> id = read_transfer_id(request->json);
  if (!id) return id.error();
  const Result<OpenBy> open_by = api.retrieve.find(*id);
  if (!open_by) return open_by.error();
  return json_response(200, Json(Json::Object{{"transfer_id", Json(id->text())},
                                              {"open_by", Json(name_of(*open_by))}}));
}

Outcome opened(const ApiParts& api, const Opening& opening, const Retrieval& retrieval) {
  Json json = json_of(retrieval);
  Response response;
  if (retrieval.token) {
    const auto life = std::chrono::ceil<std::chrono::seconds>(
        std::max(retrieval.ends - api.parts.clock.now(), Duration(1)));
    const std::pair cookie(retrieval_cookie(retrieval.retrieval_id.text()), life);
    give_token(response, *json.object(), opening.input.client, cookie, *retrieval.token);
  }
  response.status = 201;
  response.content_type = "application/json";
  response.body = json.write();
  response.secret = true;
  return response;
}

Outcome open_by_password(const ApiParts& api, const Opening& opening, const Secret<32>& secret) {
  const Result<Retrieval> retrieval = api.retrieve.open(*opening.attempt, secret);
  if (!retrieval) return retrieval.error();
  return opened(api, opening, *retrieval);
}

Outcome stretch(const ApiParts& api, const std::shared_ptr<Opening>& opening) {
  Result<Secret<32>> stretched =
      password_secret(opening->input.password, opening->attempt->parameters);
  wipe(opening->input.password);
  if (!stretched && stretched.error().code == ErrorCode::invalid) {
    // A password that nobody can have chosen is a wrong one.
    return Error(ErrorCode::refused, "wrong_password");
  }
  if (!stretched) return stretched.error();
  const auto secret = std::make_shared<Secret<32>>(std::move(*stretched));
  return Later{Where::pool,
               [api, opening, secret] { return open_by_password(api, *opening, *secret); }};
}

// Only now that there is room for the run: who is turned away has lost no try.
Outcome count(const ApiParts& api, const std::shared_ptr<Opening>& opening) {
  const Result<> counted = api.retrieve.count(*opening->attempt);
  if (!counted) return counted.error();
  return Later{Where::argon, [api, opening] { return stretch(api, opening); }};
}

Outcome open_transfer(const ApiParts& api, Ask request) {
  const auto opening = std::make_shared<Opening>();
  opening->request = request;
  const Result<> read = read_opening(request->json, opening->input);
  if (!read) return read.error();
  if (!opening->input.link_secret.empty()) {
    const Result<Retrieval> retrieval =
        api.retrieve.open_link(opening->input.transfer_id, opening->input.link_secret);
    if (!retrieval) return retrieval.error();
    return opened(api, *opening, *retrieval);
  }
  Result<Attempt> attempt = api.retrieve.try_password(opening->input.transfer_id, request->caller);
  if (!attempt) return attempt.error();
  opening->attempt = std::move(*attempt);
  return Later{Where::admission, [api, opening] { return count(api, opening); }};
}

Outcome mail_code(const ApiParts& api, Ask request) {
  const Result<RecipientCodeInput> asked = read_recipient_code_request(request->json);
  if (!asked) return asked.error();
  const Result<CodeAnswer> answer =
      api.retrieve.mail_code(asked->transfer_id, request->caller, asked->language);
  if (!answer) return answer.error();
  return code_response(*answer, asked->client);
}

Outcome ask_sender(const ApiParts& api, Ask request) {
  const Result<TransferId> id = read_transfer_id(request->json);
  if (!id) return id.error();
  const Result<> asked = api.retrieve.ask_sender(*id, request->caller);
  if (!asked) return asked.error();
  return no_content();
}

Outcome confirm_code(const ApiParts& api, Ask request) {
  const Result<RecipientConfirmInput> typed = read_recipient_confirmation(request->json);
  if (!typed) return typed.error();
  const Result<> proven =
      api.retrieve.confirm_code(typed->transfer_id, request->caller, typed->code);
  if (!proven) return proven.error();
  return no_content();
}

Outcome get_retrieval(const ApiParts& api, Ask request) {
  const Result<Retrieval> retrieval = api.retrieve.look(retrieval_key(*request));
  if (!retrieval) return retrieval.error();
  Response response = json_response(200, json_of(*retrieval));
  response.secret = true;
  return response;
}

Outcome finish(const ApiParts& api, Ask request) {
  const Result<> finished = api.retrieve.finish(retrieval_key(*request));
  if (!finished) return finished.error();
  Response response = no_content();
  response.fields.push_back(
      set_cookie(retrieval_cookie(request->arguments.front()), "", std::chrono::seconds(0)));
  return response;
}

Outcome get_file(const ApiParts& api, Ask request) {
  const auto no = static_cast<std::uint32_t>(std::stoul(request->arguments.at(1)));
  Result<std::unique_ptr<Download>> file = api.retrieve.file(retrieval_key(*request), no);
  if (!file) return file.error();
  return FileBody{std::move(*file), "application/octet-stream"};
}

// What is looked at is a part of the portal's page, or bytes for its scripts: never a page.
bool asks_for_a_page(const Request& request) {
  constexpr auto parts = std::to_array<std::string_view>({"empty", "image", "audio", "video"});
  const std::string* wanted = find_field(request.fields, "sec-fetch-dest");
  return wanted != nullptr && std::ranges::find(parts, *wanted) == parts.end();
}

Outcome view_file(const ApiParts& api, Ask request) {
  if (asks_for_a_page(*request)) return Error(ErrorCode::refused, "no_page");
  const auto no = static_cast<std::uint32_t>(std::stoul(request->arguments.at(1)));
  Result<View> view = api.retrieve.view(retrieval_key(*request), no);
  if (!view) return view.error();
  return FileBody{std::move(view->download), std::move(view->type)};
}

Outcome get_zip(const ApiParts& api, Ask request) {
  Result<std::vector<std::uint32_t>> numbers = read_file_numbers(request->query);
  if (!numbers) return numbers.error();
  Result<std::unique_ptr<Download>> zip =
      api.retrieve.zip(retrieval_key(*request), std::move(*numbers));
  if (!zip) return zip.error();
  return FileBody{std::move(*zip), "application/zip"};
}

Outcome get_message(const ApiParts& api, Ask request) {
  const Result<Attached> attached = read_attached(request->query);
  if (!attached) return attached.error();
  Result<std::unique_ptr<Download>> message =
      api.retrieve.message(retrieval_key(*request), *attached);
  if (!message) return message.error();
  return FileBody{std::move(*message), "message/rfc822"};
}

}  // namespace

void add_retrieve_routes(std::vector<Route>& routes, const ApiParts& api) {
  const auto add = [&](Method method, std::string_view path, Access access,
                       Outcome (*handle)(const ApiParts&, Ask)) {
    routes.emplace_back(method, path, access,
                        [api, handle](Ask request) { return handle(api, request); });
  };
  const Access stranger(Who::anyone, Body::small_json);
  const Access client(Who::client, Body::small_json);
  const Access session(Who::session, Body::small_json);
  const Access recipient(Who::recipient, Body::none);
  add(Method::post, "/api/v1/transfers/find", stranger, find_transfer_by_id);
  add(Method::post, "/api/v1/transfers/ask", stranger, ask_sender);
  add(Method::post, "/api/v1/transfers/code", client, mail_code);
  add(Method::post, "/api/v1/transfers/code/confirm", session, confirm_code);
  add(Method::post, "/api/v1/retrievals", client, open_transfer);
  add(Method::get, retrieval_path, recipient, get_retrieval);
  add(Method::remove, retrieval_path, recipient, finish);
  add(Method::get, retrieved_file_path, recipient, get_file);
  add(Method::head, retrieved_file_path, recipient, get_file);
  add(Method::get, view_path, recipient, view_file);
  add(Method::head, view_path, recipient, view_file);
  add(Method::get, message_path, recipient, get_message);
  add(Method::head, message_path, recipient, get_message);
  add(Method::get, zip_path, recipient, get_zip);
  add(Method::head, zip_path, recipient, get_zip);
}

}  // namespace couvert
