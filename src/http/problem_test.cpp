#include "http/problem.h"

#include <doctest/doctest.h>

using namespace couvert;

namespace {

Json body_of(const Response& response) {
  return *parse_json(response.body, {});
}

}  // namespace

TEST_CASE("each error has its status, and denied is 404") {
  CHECK(http_status(ErrorCode::invalid) == 400);
  CHECK(http_status(ErrorCode::unproven) == 401);
  CHECK(http_status(ErrorCode::refused) == 403);
  CHECK(http_status(ErrorCode::denied) == 404);
  CHECK(http_status(ErrorCode::expired) == 410);
  CHECK(http_status(ErrorCode::too_large) == 413);
  CHECK(http_status(ErrorCode::full) == 507);
  CHECK(http_status(ErrorCode::throttled) == 429);
  CHECK(http_status(ErrorCode::conflict) == 409);
  CHECK(http_status(ErrorCode::damaged) == 500);
  CHECK(http_status(ErrorCode::unavailable) == 503);
}

TEST_CASE("a reason out of the list goes out, with its address") {
  const Json wrong = body_of(problem(Error(ErrorCode::refused, "wrong_password")));
  CHECK(*wrong.find("reason")->string() == "wrong_password");
  CHECK(wrong.find("address") == nullptr);
  const Json rule = body_of(problem(Error(ErrorCode::refused, "no_rule anna@example.org")));
  CHECK(*rule.find("reason")->string() == "no_rule");
  CHECK(*rule.find("address")->string() == "anna@example.org");
}

TEST_CASE("any other detail stays inside") {
  for (const char* detail : {"database /var/lib/x is locked", "wrong_passwordx", "size of secret x",
                             "no_rule \xff", ""}) {
    const Response response = problem(Error(ErrorCode::refused, detail));
    CHECK(body_of(response).find("address") == nullptr);
    CHECK(response.body.find("var") == std::string::npos);
    CHECK(response.body.find("secret") == std::string::npos);
  }
}

TEST_CASE("what is wrong with a request's form is told") {
  const Json missing = body_of(problem(Error(ErrorCode::invalid, "client is missing")));
  CHECK(*missing.find("detail")->string() == "client is missing");
  CHECK(missing.find("reason") == nullptr);
  const Json extension = body_of(problem(Error(ErrorCode::invalid, "tus_extension")));
  CHECK(extension.find("detail") == nullptr);
}

TEST_CASE("who has to wait is told how long") {
  const Response throttled = problem(Error(ErrorCode::throttled, "17"));
  CHECK(*body_of(throttled).find("retry_after")->integer() == 17);
  CHECK(throttled.fields.front() == std::pair<std::string, std::string>("Retry-After", "17"));
  CHECK(*body_of(problem(Error(ErrorCode::throttled, "many"))).find("retry_after")->integer() ==
        60);
  CHECK(*body_of(problem(503)).find("retry_after")->integer() > 0);
}

TEST_CASE("a problem names the request that it answers") {
  Response response = problem(404);
  name_request(response, "abc");
  CHECK(*body_of(response).find("request_id")->string() == "abc");
  CHECK(*body_of(response).find("status")->integer() == 404);
  CHECK(*body_of(response).find("title")->string() == "Not Found");
}
