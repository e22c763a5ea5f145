#include "http/problem.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "base/log.h"

namespace couvert {
namespace {

constexpr std::string_view problem_type = "application/problem+json";
constexpr std::string_view slow_down_word = "slow_down ";  // and the seconds
constexpr std::int64_t throttled_seconds = 60;
constexpr std::int64_t unavailable_seconds = 5;

// The reasons of spec/api.yaml. Whatever else an error's detail says stays in the log, but for what
// is wrong with the request's own form.
constexpr auto reasons = std::to_array<std::string_view>({"wrong_code",
                                                          "terms",
                                                          "no_code",
                                                          "wrong_password",
                                                          "code_needed",
                                                          "no_rule",
                                                          "deny_rule",
                                                          "reply_only",
                                                          "invalid_address",
                                                          "password_weak",
                                                          "generated_password",
                                                          "own_password",
                                                          "message_required",
                                                          "phone_required",
                                                          "link_not_allowed",
                                                          "life",
                                                          "size",
                                                          "notification_fixed",
                                                          "files_differ",
                                                          "started_differently",
                                                          "ended",
                                                          "revoked",
                                                          "already_recipient",
                                                          "wrong_secret",
                                                          "quota",
                                                          "piece_too_small",
                                                          "wrong_checksum",
                                                          "tus_extension",
                                                          "no_view",
                                                          "no_page",
                                                          "quick_not_allowed",
                                                          "invitation_password",
                                                          "client_mail_not_allowed",
                                                          "active",
                                                          "member",
                                                          "book_version",
                                                          "no_envelope",
                                                          "no_invitation",
                                                          "answered",
                                                          "recipient",
                                                          "key",
                                                          "scope",
                                                          "programs",
                                                          "authorization_pending",
                                                          "access_denied",
                                                          "expired_token"});
constexpr auto reasons_with_address =
    std::to_array<std::string_view>({"no_rule", "deny_rule", "reply_only", "invalid_address"});

bool one_of(const auto& words, std::string_view word) {
  return std::ranges::find(words, word) != words.end();
}

Response make_problem(int status, ErrorCode code, Json::Object more) {
  Json::Object body = {
      {"status", Json(status)}, {"title", Json(title_of(status))}, {"code", Json(name_of(code))}};
  for (auto& field : more) body.push_back(std::move(field));
  Response response;
  response.status = status;
  response.content_type = problem_type;
  response.body = Json(std::move(body)).write();
  if (status == 401) response.fields.emplace_back("WWW-Authenticate", "Bearer");  // RFC 9110 15.5.2
  return response;
}

Response retry_later(int status, ErrorCode code, std::int64_t seconds, Json::Object more = {}) {
  more.emplace_back("retry_after", Json(seconds));
  Response response = make_problem(status, code, std::move(more));
  response.fields.emplace_back("Retry-After", std::to_string(seconds));
  return response;
}

std::int64_t seconds_of(const std::string& detail) {
  std::int64_t seconds = 0;
  const char* end = detail.data() + detail.size();
  const auto [rest, error] = std::from_chars(detail.data(), end, seconds);
  const bool is_number = error == std::errc() && rest == end && seconds >= 0;
  return is_number ? std::max<std::int64_t>(seconds, 1) : throttled_seconds;
}

ErrorCode code_of(int status) {
  switch (status) {
    case 401:
      return ErrorCode::unproven;
    case 403:
      return ErrorCode::refused;
    case 404:
      return ErrorCode::denied;
    case 413:
    case 414:
    case 431:
      return ErrorCode::too_large;
    case 500:
    case 503:
      return ErrorCode::unavailable;
    default:
      return ErrorCode::invalid;
  }
}

}  // namespace

int http_status(ErrorCode code) {
  switch (code) {
    case ErrorCode::invalid:
      return 400;
    case ErrorCode::unproven:
      return 401;
    case ErrorCode::refused:
      return 403;
    case ErrorCode::denied:
      return 404;
    case ErrorCode::expired:
      return 410;
    case ErrorCode::too_large:
      return 413;
    case ErrorCode::full:
      return 507;
    case ErrorCode::throttled:
      return 429;
    case ErrorCode::conflict:
      return 409;
    case ErrorCode::damaged:
      return 500;
    case ErrorCode::unavailable:
      return 503;
  }
  return 500;
}

std::string_view title_of(int status) {
  constexpr auto titles = std::to_array<std::pair<int, std::string_view>>({
      {100, "Continue"},
      {200, "OK"},
      {201, "Created"},
      {202, "Accepted"},
      {204, "No Content"},
      {206, "Partial Content"},
      {304, "Not Modified"},
      {400, "Bad Request"},
      {401, "Unauthorized"},
      {403, "Forbidden"},
      {404, "Not Found"},
      {405, "Method Not Allowed"},
      {408, "Request Timeout"},
      {409, "Conflict"},
      {410, "Gone"},
      {411, "Length Required"},
      {412, "Precondition Failed"},
      {413, "Content Too Large"},
      {414, "URI Too Long"},
      {415, "Unsupported Media Type"},
      {416, "Range Not Satisfiable"},
      {417, "Expectation Failed"},
      {429, "Too Many Requests"},
      {431, "Request Header Fields Too Large"},
      {460, "Checksum Mismatch"},
      {500, "Internal Server Error"},
      {501, "Not Implemented"},
      {503, "Service Unavailable"},
      {505, "HTTP Version Not Supported"},
      {507, "Insufficient Storage"},
  });
  for (const auto& [known, title] : titles) {
    if (known == status) return title;
  }
  return "Unknown";
}

namespace {

Response public_problem(const Error& error) {
  // A status of tus alone, for what is `invalid` to everybody else.
  const int status = error.detail == "wrong_checksum" ? 460 : http_status(error.code);
  if (error.code == ErrorCode::throttled) {
    const bool slow_down = error.detail.starts_with(slow_down_word);
    const std::int64_t seconds =
        seconds_of(slow_down ? error.detail.substr(slow_down_word.size()) : error.detail);
    Json::Object more;
    if (slow_down) more.emplace_back("reason", Json("slow_down"));
    Response response = retry_later(status, error.code, seconds, std::move(more));
    response.fields.emplace_back("RateLimit", "\"default\";r=0;t=" + std::to_string(seconds));
    return response;
  }
  if (error.code == ErrorCode::unavailable) {
    return retry_later(status, error.code, unavailable_seconds);
  }
  const std::size_t space = std::min(error.detail.find(' '), error.detail.size());
  const std::string_view reason = std::string_view(error.detail).substr(0, space);
  Json::Object more;
  if (one_of(reasons, reason)) {
    more.emplace_back("reason", Json(reason));
    const std::string_view address = std::string_view(error.detail).substr(reason.size());
    if (address.size() > 1 && one_of(reasons_with_address, reason) && is_utf8(address)) {
      more.emplace_back("address", Json(address.substr(1)));
    }
  } else if (error.code == ErrorCode::invalid && !error.detail.empty() && is_utf8(error.detail)) {
    more.emplace_back("detail", Json(error.detail));
  }
  return make_problem(status, error.code, std::move(more));
}

}  // namespace

Response problem(const Error& error) {
  Response response = public_problem(error);
  response.detail = error.detail;
  return response;
}

Response problem(int status) {
  if (status == 503) return retry_later(status, ErrorCode::unavailable, unavailable_seconds);
  return make_problem(status, code_of(status), {});
}

void name_request(Response& response, std::string_view request_id) {
  if (response.content_type != problem_type || response.body.empty()) return;
  response.body.pop_back();  // the closing brace
  response.body += ",\"request_id\":" + Json(request_id).write() + "}";
}

}  // namespace couvert
