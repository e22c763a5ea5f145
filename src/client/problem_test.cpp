#include "client/problem.h"

#include <doctest/doctest.h>

using namespace couvert;

TEST_CASE("a problem says code, reason, address and when to come back") {
  const Problem problem =
      read_problem(403, R"({"status":403,"title":"x","code":"refused","reason":"no_rule",)"
                        R"("address":"bob@example.org","retry_after":17,"request_id":"r1"})");
  CHECK(problem.code == ErrorCode::refused);
  CHECK(problem.reason == "no_rule");
  CHECK(problem.address == "bob@example.org");
  CHECK(problem.retry_after == std::chrono::seconds(17));
  CHECK(problem.request_id == "r1");
  CHECK(problem.status == 403);
}

TEST_CASE("an answer without readable details still has the code of its status") {
  for (const char* body :
       {"", "<html>", "[]", R"({"status":404})", R"({"status":404,"code":7})",
        R"({"status":404,"code":"full","code":"full"})", R"({"status":404,"code":"full","x":1})"}) {
    CAPTURE(body);
    const Problem problem = read_problem(404, body);
    CHECK(problem.code == ErrorCode::denied);
    CHECK(problem.reason.empty());
  }
  CHECK(read_problem(404, R"({"status":404,"code":"of a later day"})").code == ErrorCode::denied);
  CHECK(read_problem(507, std::string(20'000, ' ')).code == ErrorCode::full);
}

TEST_CASE("each status has a code") {
  CHECK(code_of_status(400) == ErrorCode::invalid);
  CHECK(code_of_status(401) == ErrorCode::unproven);
  CHECK(code_of_status(403) == ErrorCode::refused);
  CHECK(code_of_status(404) == ErrorCode::denied);
  CHECK(code_of_status(409) == ErrorCode::conflict);
  CHECK(code_of_status(410) == ErrorCode::expired);
  CHECK(code_of_status(413) == ErrorCode::too_large);
  CHECK(code_of_status(429) == ErrorCode::throttled);
  CHECK(code_of_status(507) == ErrorCode::full);
  for (const int status : {100, 200, 302, 500, 502, 503}) {
    CHECK(code_of_status(status) == ErrorCode::unavailable);
  }
}

TEST_CASE("only what may pass is tried again") {
  for (const int status : {408, 423, 429, 500, 502, 503, 504}) {
    CHECK(read_problem(status, "").passing == Passing::yes);
  }
  for (const int status : {302, 400, 401, 403, 404, 409, 413, 507}) {
    CHECK(read_problem(status, "").passing == Passing::no);
  }
}

TEST_CASE("a redirect is named as such, for it is never followed") {
  CHECK(read_problem(302, "").reason == reasons::redirect);
}
