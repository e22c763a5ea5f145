#include "client/problem.h"

#include <array>

#include "base/json.h"
#include "base/log.h"

namespace couvert {
namespace {

constexpr std::size_t problem_bytes_max = 16 * 1024;
constexpr std::int64_t retry_seconds_max = 24 * 3600;

constexpr std::array all_codes = {ErrorCode::invalid, ErrorCode::unproven,   ErrorCode::refused,
                                  ErrorCode::denied,  ErrorCode::expired,    ErrorCode::too_large,
                                  ErrorCode::full,    ErrorCode::throttled,  ErrorCode::conflict,
                                  ErrorCode::damaged, ErrorCode::unavailable};

Passing passing_of(int status) {
  const bool later = status == 408 || status == 423 || status == 429 || status == 500 ||
                     (status >= 502 && status <= 504);
  return later ? Passing::yes : Passing::no;
}

}  // namespace

ErrorCode code_of_status(int status) {
  switch (status) {
    case 401:
      return ErrorCode::unproven;
    case 403:
      return ErrorCode::refused;
    case 404:
      return ErrorCode::denied;
    case 409:
    case 423:
      return ErrorCode::conflict;
    case 410:
      return ErrorCode::expired;
    case 413:
      return ErrorCode::too_large;
    case 429:
      return ErrorCode::throttled;
    case 507:
      return ErrorCode::full;
    default:
      return status >= 400 && status < 500 ? ErrorCode::invalid : ErrorCode::unavailable;
  }
}

std::optional<ErrorCode> code_named(std::string_view name) {
  for (const ErrorCode code : all_codes) {
    if (name_of(code) == name) return code;
  }
  return std::nullopt;
}

Problem read_problem(int status, std::string_view body) {
  Problem problem;
  problem.status = status;
  problem.code = code_of_status(status);
  problem.passing = passing_of(status);
  if (status >= 300 && status < 400) problem.reason = std::string(reasons::redirect);

  const Result<Json> json = parse_json(body, {.bytes_max = problem_bytes_max, .depth_max = 4});
  if (!json) return problem;
  ObjectReader reader(*json);
  reader.integer("status", 100, 599);
  const std::string code = reader.string("code", 32);
  const std::optional<std::string> reason = reader.optional_string("reason", 64);
  const std::optional<std::string> address = reader.optional_string("address", 1000);
  const std::optional<std::string> request_id = reader.optional_string("request_id", 128);
  const auto retry = reader.optional_integer("retry_after", 0, retry_seconds_max);
  // Members of RFC 9457 that Couvert fills or may fill, without a use here.
  for (const char* name : {"type", "title", "detail", "instance"}) {
    static_cast<void>(reader.optional_string(name, 1000));
  }
  if (!reader.finish()) return problem;

  problem.code = code_named(code).value_or(problem.code);
  problem.reason = reason.value_or("");
  problem.address = address.value_or("");
  problem.request_id = request_id.value_or("");
  if (retry) problem.retry_after = std::chrono::seconds(*retry);
  return problem;
}

}  // namespace couvert
