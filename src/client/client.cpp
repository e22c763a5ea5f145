#include "client/client.h"

#include <charconv>

#include "base/limits.h"
#include "crypto/secret_bytes.h"

namespace couvert {
namespace {

using namespace std::chrono_literals;

constexpr Duration quiet_max = 60s;  // a stream shows that it is there every 15 seconds

std::optional<std::uint64_t> whole_number(std::string_view text) {
  std::uint64_t value = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  if (text.empty() || stop != end || error != std::errc()) return std::nullopt;
  return value;
}

std::optional<std::uint64_t> number_header(const HttpAnswer& answer, std::string_view name) {
  const auto text = answer.head.header(name);
  return text ? whole_number(*text) : std::nullopt;
}

Answer<std::uint64_t> upload_offset(const HttpAnswer& answer) {
  const auto offset = number_header(answer, "upload-offset");
  if (!offset || *offset > limits::file_bytes_max) return foreign_answer("no Upload-Offset");
  return *offset;
}

// Our own files' numbers only: where else Location leads is not followed.
Answer<std::int64_t> number_in_location(const HttpAnswer& answer) {
  const std::string_view location = answer.head.header("location").value_or("");
  const auto no = whole_number(location.substr(location.rfind('/') + 1));
  if (!no || *no > UINT32_MAX) return foreign_answer("no file number in Location");
  return static_cast<std::int64_t>(*no);
}

std::string draft_path(const DraftAccess& draft) {
  return "/api/v1/drafts/" + draft.draft_id;
}

std::string file_path(const DraftAccess& draft, std::int64_t no) {
  return draft_path(draft) + "/files/" + std::to_string(no);
}

std::string upload_metadata(const NewFile& file) {
  std::string text = "filename " + encode_base64(as_bytes(file.name));
  if (!file.type.empty()) text += ",filetype " + encode_base64(as_bytes(file.type));
  return text;
}

}  // namespace

Client::Client(HttpTransport& transport, ServerUrl server) : line_(transport, std::move(server)) {}

HttpRequest Client::draft_request(Method method, const DraftAccess& draft,
                                  const std::string& path) const {
  HttpRequest request = line_.request(method, path);
  request.headers.emplace_back("Couvert-Secret", secret_to_base64url(draft.secret));
  request.headers.emplace_back("Tus-Resumable", "1.0.0");
  return request;
}

Answer<api::RequestedCode> Client::request_code(const std::string& address,
                                                const std::string& language) {
  Json body(Json::Object{{"address", address}, {"language", language}, {"client", "program"}});
  return read_answer(
      line_.ask(line_.request(Method::post, "/api/v1/verifications"), std::move(body)),
      &api::read_requested_code);
}

Answer<api::Verification> Client::confirm_code(const std::string& address, const std::string& code,
                                               bool accepts_terms) {
  Json::Object body{{"address", address}, {"code", code}};
  if (accepts_terms) body.emplace_back("terms_accepted", true);
  return read_answer(line_.ask(line_.request(Method::post, "/api/v1/verifications/confirm"),
                               Json(std::move(body))),
                     &api::read_verification);
}

Answer<api::PolicyAnswer> Client::ask_policy(const std::string& from,
                                             const std::vector<std::string>& recipients,
                                             const std::string& reply_to) {
  Json::Object fields{{"from", from}};
  if (!reply_to.empty()) fields.emplace_back("reply_to", reply_to);
  fields.emplace_back("recipients", Json::Array(recipients.begin(), recipients.end()));
  Answer<api::PolicyAnswer> policy =
      read_answer(line_.ask(line_.request(Method::post, "/api/v1/policy"), Json(std::move(fields))),
                  &api::read_policy_answer);
  if (policy && policy->recipients.size() != recipients.size()) {
    return foreign_answer("another number of recipients");
  }
  return policy;
}

Answer<api::PasswordVerdict> Client::check_password(const WipedText& password,
                                                    const api::PasswordRules& rules) {
  Json body(Json::Object{{"password", password.text()},
                         {"length_min", rules.length_min},
                         {"upper_and_lower", rules.upper_and_lower},
                         {"digits", rules.digits},
                         {"special", rules.special},
                         {"no_word", rules.no_word}});
  return read_answer(
      line_.ask(line_.request(Method::post, "/api/v1/passwords/check"), std::move(body)),
      &api::read_password_verdict);
}

Answer<api::Draft> Client::create_draft(const DraftAccess& draft, const std::string& from) {
  Json body(Json::Object{{"from", from}, {"slot_id", draft.draft_id}});
  return read_answer(
      line_.ask(draft_request(Method::post, draft, "/api/v1/drafts"), std::move(body)),
      &api::read_draft);
}

Answer<api::Draft> Client::get_draft(const DraftAccess& draft) {
  return read_answer(line_.ask(draft_request(Method::get, draft, draft_path(draft))),
                     &api::read_draft);
}

Answer<> Client::delete_draft(const DraftAccess& draft) {
  HttpRequest erase = draft_request(Method::erase, draft, draft_path(draft));
  erase.time_max = ApiLine::tidying_time_max;
  const auto answer = line_.exchange(erase);
  if (!answer) return pass(answer);
  return Answer<>();
}

Answer<CreatedFile> Client::create_file(const DraftAccess& draft, const NewFile& file,
                                        BodySource* bytes) {
  HttpRequest request = draft_request(Method::post, draft, draft_path(draft) + "/files");
  // libcurl would call an empty body a form.
  const char* type = bytes == nullptr ? "" : "application/offset+octet-stream";
  request.headers.emplace_back("Content-Type", type);
  request.source = bytes;
  request.headers.emplace_back("Upload-Length", std::to_string(file.size));
  request.headers.emplace_back("Upload-Metadata", upload_metadata(file));
  const auto answer = line_.exchange(request);
  if (!answer) return pass(answer);
  const Answer<std::int64_t> no = number_in_location(*answer);
  if (!no) return pass(no);
  if (bytes == nullptr) return CreatedFile{*no, 0};
  const Answer<std::uint64_t> offset = upload_offset(*answer);
  if (!offset) return pass(offset);
  return CreatedFile{*no, *offset};
}

Answer<> Client::delete_file(const DraftAccess& draft, std::int64_t no) {
  const auto answer = line_.exchange(draft_request(Method::erase, draft, file_path(draft, no)));
  if (!answer) return pass(answer);
  return Answer<>();
}

Answer<std::uint64_t> Client::get_file_offset(const DraftAccess& draft, std::int64_t no) {
  const auto answer = line_.exchange(draft_request(Method::head, draft, file_path(draft, no)));
  if (!answer) return pass(answer);
  return upload_offset(*answer);
}

Answer<std::uint64_t> Client::append_to_file(const DraftAccess& draft, std::int64_t no,
                                             std::uint64_t offset, BodySource& source) {
  HttpRequest request = draft_request(Method::patch, draft, file_path(draft, no));
  request.headers.emplace_back("Content-Type", "application/offset+octet-stream");
  request.headers.emplace_back("Upload-Offset", std::to_string(offset));
  request.source = &source;
  request.time_max.reset();
  const auto answer = line_.exchange(request);
  if (!answer) return pass(answer);
  return upload_offset(*answer);
}

Answer<api::Started> Client::start_transfer(const DraftAccess& draft, const api::Start& start) {
  return read_answer(
      line_.ask(draft_request(Method::post, draft, draft_path(draft) + "/start"), to_json(start)),
      &api::read_started);
}

Answer<std::vector<api::Verification>> Client::list_verifications() {
  return read_answer(line_.ask(line_.request(Method::get, "/api/v1/verifications")),
                     &api::read_verifications);
}

Answer<> Client::forget_verification(const std::string& verification_id) {
  HttpRequest forget = line_.request(Method::erase, "/api/v1/verifications/" + verification_id);
  forget.time_max = ApiLine::tidying_time_max;
  const auto answer = line_.exchange(forget);
  if (!answer) return pass(answer);
  return Answer<>();
}

Answer<> Client::watch_sent(const std::string& verification_id, std::optional<Duration> time_max,
                            BodySink& sink) {
  const std::string path = "/api/v1/verifications/" + verification_id + "/sent/events";
  HttpRequest watch = line_.request(Method::get, path);
  watch.headers[0].second = "text/event-stream, application/problem+json";
  watch.sink = &sink;
  watch.stall_max = quiet_max;
  watch.time_max = time_max;
  const auto answer = line_.exchange(watch);
  if (!answer) return pass(answer);
  return Answer<>();
}

Answer<api::SentPage> Client::list_sent(const std::string& verification_id,
                                        const std::string& before) {
  const std::string path = "/api/v1/verifications/" + verification_id + "/sent";
  const std::string query = before.empty() ? "" : "?before=" + before;
  return read_answer(line_.ask(line_.request(Method::get, path + query)), &api::read_sent_page);
}

Answer<api::ReceivedPage> Client::list_received(const std::string& verification_id,
                                                const std::string& before) {
  const std::string path = "/api/v1/verifications/" + verification_id + "/received";
  const std::string query = before.empty() ? "" : "?before=" + before;
  return read_answer(line_.ask(line_.request(Method::get, path + query)), &api::read_received_page);
}

Answer<api::Sent> Client::get_sent(const std::string& tracking_id) {
  return read_answer(line_.ask(line_.request(Method::get, "/api/v1/sent/" + tracking_id)),
                     &api::read_sent);
}

Answer<> Client::post_nothing(const std::string& path) {
  HttpRequest post = line_.request(Method::post, path);
  post.headers.emplace_back("Content-Type", "");
  const auto answer = line_.exchange(post);
  if (!answer) return pass(answer);
  return Answer<>();
}

Answer<> Client::revoke_transfer(const std::string& tracking_id) {
  return post_nothing("/api/v1/sent/" + tracking_id + "/revoke");
}

Answer<> Client::revoke_recipient(const std::string& tracking_id, std::int64_t recipient_no) {
  return post_nothing("/api/v1/sent/" + tracking_id + "/recipients/" +
                      std::to_string(recipient_no) + "/revoke");
}

Answer<api::RequestedCode> Client::request_recipient_code(const std::string& transfer_id,
                                                          const std::string& language) {
  Json body(
      Json::Object{{"transfer_id", transfer_id}, {"language", language}, {"client", "program"}});
  return read_answer(
      line_.ask(line_.request(Method::post, "/api/v1/transfers/code"), std::move(body)),
      &api::read_requested_code);
}

Answer<> Client::confirm_recipient_code(const std::string& transfer_id, const std::string& code) {
  Json body(Json::Object{{"transfer_id", transfer_id}, {"code", code}});
  return line_.tell(line_.request(Method::post, "/api/v1/transfers/code/confirm"), std::move(body));
}

Answer<std::string> Client::find_transfer(const std::string& transfer_id) {
  Json body(Json::Object{{"transfer_id", transfer_id}});
  return read_answer(
      line_.ask(line_.request(Method::post, "/api/v1/transfers/find"), std::move(body)),
      &api::read_open_by);
}

Answer<api::Retrieval> Client::open_transfer(const std::string& transfer_id,
                                             const OpenBySecret& by) {
  Json::Object fields{{"transfer_id", transfer_id}, {"client", "program"}};
  if (!by.password.empty()) fields.emplace_back("password", by.password.text());
  if (!by.secret.empty()) fields.emplace_back("secret", by.secret.text());
  return read_answer(
      line_.ask(line_.request(Method::post, "/api/v1/retrievals"), Json(std::move(fields))),
      &api::read_retrieval);
}

Answer<> Client::finish_retrieval(const RetrievalAccess& retrieval) {
  HttpRequest finish = line_.request(Method::erase, "/api/v1/retrievals/" + retrieval.retrieval_id);
  finish.headers.emplace_back("Couvert-Retrieval", retrieval.token.text());
  finish.time_max = ApiLine::tidying_time_max;
  const auto answer = line_.exchange(finish);
  if (!answer) return pass(answer);
  return Answer<>();
}

Answer<> Client::get_file(const RetrievalAccess& retrieval, std::int64_t no, const Range& range,
                          BodySink& sink) {
  return download(retrieval, "/files/" + std::to_string(no), range, sink);
}

Answer<> Client::get_zip(const RetrievalAccess& retrieval, const Range& range, BodySink& sink) {
  return download(retrieval, "/zip", range, sink);
}

Answer<> Client::get_message(const RetrievalAccess& retrieval, const Range& range, BodySink& sink) {
  return download(retrieval, "/message", range, sink);
}

Answer<> Client::download(const RetrievalAccess& retrieval, const std::string& what,
                          const Range& range, BodySink& sink) {
  HttpRequest get =
      line_.request(Method::get, "/api/v1/retrievals/" + retrieval.retrieval_id + what);
  get.headers[0].second = "*/*";
  get.headers.emplace_back("Couvert-Retrieval", retrieval.token.text());
  if (range.offset > 0) {
    get.headers.emplace_back("Range", "bytes=" + std::to_string(range.offset) + "-");
    get.headers.emplace_back("If-Range", range.etag);
  }
  get.sink = &sink;
  get.time_max.reset();
  const auto answer = line_.exchange(get);
  if (!answer) return pass(answer);
  if (answer->head.status != 200 && answer->head.status != 206) return foreign_answer("no file");
  return Answer<>();
}

}  // namespace couvert
