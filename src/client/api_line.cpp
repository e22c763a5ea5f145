#include "client/api_line.h"

#include <charconv>

#include "base/limits.h"
#include "client/http_date.h"

namespace couvert {
namespace {

using namespace std::chrono_literals;

// 10,000 files with names of 1 KiB, every character of them escaped, and a message.
constexpr std::size_t answer_bytes_max = 80 * 1024 * 1024;
constexpr Duration answer_time_max = 5min;
constexpr Duration stall_max = 2min;  // Argon2 may have to wait for its turn
constexpr std::int64_t retry_seconds_max = 24 * 3600;

std::optional<std::int64_t> retry_header(const HttpAnswer& answer) {
  const std::string_view text = answer.head.header("retry-after").value_or("");
  std::int64_t seconds = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, seconds);
  const bool good = !text.empty() && stop == end && error == std::errc();
  if (!good || seconds < 0 || seconds > retry_seconds_max) return std::nullopt;
  return seconds;
}

Problem problem_of(const HttpAnswer& answer) {
  const std::string_view type = answer.head.header("content-type").value_or("");
  const bool ours = type.starts_with("application/problem+json");
  Problem problem = read_problem(answer.head.status, ours ? answer.body : "");
  const auto retry = retry_header(answer);
  if (!problem.retry_after && retry) problem.retry_after = std::chrono::seconds(*retry);
  if (answer.head.status < 300) problem.reason = reasons::foreign_answer;
  return problem;
}

}  // namespace

tl::unexpected<Problem> foreign_answer(std::string detail) {
  return trouble(ErrorCode::unavailable, reasons::foreign_answer, std::move(detail));
}

ApiLine::ApiLine(HttpTransport& transport, ServerUrl server)
    : transport_(transport), server_(std::move(server)) {}

ApiLine ApiLine::over(HttpTransport& transport) const {
  ApiLine other(transport, server_);
  other.use_session(WipedText(session_.text()));
  return other;
}

void ApiLine::use_session(WipedText token) {
  session_ = std::move(token);
}

HttpRequest ApiLine::request(Method method, const std::string& path) const {
  HttpRequest request;
  request.method = method;
  request.url = server_.text + path;
  request.stall_max = stall_max;
  request.time_max = answer_time_max;
  request.answer_bytes_max = answer_bytes_max;
  request.headers.emplace_back("Accept", "application/json, application/problem+json");
  if (!session_.empty()) request.headers.emplace_back("Authorization", "Bearer " + session_.text());
  return request;
}

Answer<HttpAnswer> ApiLine::exchange(const HttpRequest& request) {
  Answer<HttpAnswer> answer = transport_.send(request);
  if (!answer) return answer;
  const auto date = answer->head.header("date");
  if (const auto now = date ? parse_http_date(*date) : std::nullopt) server_time_ = *now;
  const int status = answer->head.status;
  if (status < 200 || status >= 300) return tl::make_unexpected(problem_of(*answer));
  return answer;
}

Answer<Json> ApiLine::ask(HttpRequest request) {
  Answer<HttpAnswer> answer = exchange(request);
  if (!answer) return pass(answer);
  const std::string_view type = answer->head.header("content-type").value_or("");
  if (!type.starts_with("application/json")) return foreign_answer("an answer is no JSON");
  Result<Json> json = parse_json(
      answer->body, {.bytes_max = answer_bytes_max, .depth_max = limits::json_depth_max});
  wipe(answer->body);
  if (!json) return foreign_answer(json.error().detail);
  return std::move(*json);
}

Answer<Json> ApiLine::ask(HttpRequest request, Json body) {
  request.headers.emplace_back("Content-Type", "application/json");
  request.body = body.write();
  wipe_texts(body);
  return ask(std::move(request));
}

Answer<> ApiLine::tell(HttpRequest request, Json body) {
  request.headers.emplace_back("Content-Type", "application/json");
  request.body = body.write();
  wipe_texts(body);
  const Answer<HttpAnswer> answer = exchange(request);
  if (!answer) return pass(answer);
  return Answer<>();
}

void wipe_texts(Json& json) {
  if (std::string* text = json.string()) wipe(*text);
  if (Json::Array* items = json.array()) {
    for (Json& item : *items) wipe_texts(item);
  }
  if (Json::Object* fields = json.object()) {
    for (auto& [name, value] : *fields) wipe_texts(value);
  }
}

}  // namespace couvert
