#include "client/program_client.h"

#include <doctest/doctest.h>

#include "client/scripted_transport.h"
#include "client/test_id.h"
#include "client/waiting_clock.h"

using namespace couvert;

namespace {

constexpr const char* pending =
    R"({"status":409,"code":"conflict","reason":"authorization_pending"})";

std::string access_text() {
  return R"({"verification_id":")" + id +
         R"(","address":"ann@example.org","expires":"2026-11-22T12:00:00Z","access_token":"abc",)"
         R"("token_type":"Bearer","scopes":["send","sent"]})";
}

struct Waiting {
  ScriptedTransport transport;
  ApiLine line{transport, ServerUrl{"https://example.org"}};
  ProgramClient client{line};
  WaitingClock clock;
  api::ProgramCodes codes{.device_code = WipedText("device-code"),
                          .user_code = "BCDF-GHJK",
                          .verification_uri = "https://example.org/device",
                          .verification_uri_complete = "https://example.org/device#BCDF-GHJK",
                          .expires_in = std::chrono::seconds(600),
                          .interval = std::chrono::seconds(5)};

  Answer<api::ProgramAccess> wait() {
    return wait_to_be_let_in(client, codes, clock.patience, clock);
  }
};

}  // namespace

TEST_CASE("a program waits the pause before each question, and longer where it is told to") {
  Waiting waiting;
  waiting.transport.script = {
      answer(409, pending),
      answer(429, R"({"status":429,"code":"throttled","reason":"slow_down"})",
             {{"retry-after", "10"}}),
      answer(409, pending), answer(200, access_text())};
  const auto access = waiting.wait();
  REQUIRE(access);
  CHECK(access->token.text() == "abc");
  CHECK(access->scopes == std::vector<std::string>{"send", "sent"});
  CHECK(access->verification.address == "ann@example.org");
  CHECK(waiting.clock.patience.pauses ==
        std::vector<Duration>{Duration(5000), Duration(5000), Duration(10'000), Duration(10'000)});
  CHECK(waiting.transport.bodies.back() == R"({"device_code":"device-code"})");
}

TEST_CASE("no answer ends with the code's life, a no at once") {
  Waiting late;
  for (int i = 0; i < 200; ++i) late.transport.script.push_back(answer(409, pending));
  const auto over = late.wait();
  REQUIRE_FALSE(over);
  CHECK(over.error().code == ErrorCode::expired);
  CHECK(late.transport.asked.size() == 120);
  Waiting refused;
  refused.transport.script = {
      answer(403, R"({"status":403,"code":"refused","reason":"access_denied"})"),
      answer(200, access_text())};
  const auto no = refused.wait();
  REQUIRE_FALSE(no);
  CHECK(no.error().reason == "access_denied");
  CHECK(refused.transport.asked.size() == 1);
}

TEST_CASE("waiting goes on over broken lines, but not over many, and stops with its user") {
  Waiting broken_once;
  broken_once.transport.script = {broken(), broken(), answer(200, access_text())};
  CHECK(broken_once.wait());
  Waiting broken_long;
  for (int i = 0; i < 50; ++i) broken_long.transport.script.push_back(broken());
  CHECK(broken_long.wait().error().reason == reasons::broken_line);
  CHECK(broken_long.transport.asked.size() == 10);
  Waiting stopped;
  stopped.clock.patience.is_stopped = true;
  CHECK(stopped.wait().error().reason == reasons::interrupted);
  CHECK(stopped.transport.asked.empty());
}

TEST_CASE("codes, tokens and lists of programs are taken as the API writes them only") {
  const auto read = [](const std::string& text) {
    Result<Json> json = parse_json(text, {});
    REQUIRE(json);
    return *json;
  };
  const auto codes = [](const std::string& code, const std::string& seconds) {
    return R"({"device_code":")" + code + R"(","user_code":"BCDF-GHJK","verification_uri":"u",)" +
           R"("verification_uri_complete":"u#c","expires_in":)" + seconds + R"(,"interval":5})";
  };
  CHECK(api::read_program_codes(read(codes("abc", "600")))->interval == std::chrono::seconds(5));
  CHECK_FALSE(api::read_program_codes(read(codes("a b", "600"))));
  CHECK_FALSE(api::read_program_codes(read(codes("", "600"))));
  CHECK_FALSE(api::read_program_codes(read(codes("abc", "0"))));
  CHECK_FALSE(api::read_program_codes(read(codes("abc", "3601"))));
  std::string other = access_text();
  other.replace(other.find("Bearer"), 6, "MAC");
  CHECK_FALSE(api::read_program_access(read(other)));
  const std::string program = R"({"program_id":")" + id +
                              R"(","name":"Backup","scopes":["send"],)"
                              R"("since":"2026-11-22T12:00:00Z","used":"2026-11-22T12:00:00Z",)"
                              R"("expires":"2026-11-22T12:00:00Z"})";
  const auto programs = api::read_programs(read(R"({"programs":[)" + program + "]}"));
  REQUIRE(programs);
  CHECK(programs->front().name == "Backup");
  CHECK_FALSE(api::read_programs(read(R"({"programs":[{}]})")));
  CHECK_FALSE(api::read_programs(read(R"({"programs":[)" + program + R"(],"more":1})")));
}

TEST_CASE("programs are listed and ended under the verification that they act for") {
  Waiting calls;
  calls.transport.script = {answer(200, R"({"programs":[]})"), answer(204, "")};
  CHECK(calls.client.list_programs(id)->empty());
  CHECK(calls.client.end_program(id, "other"));
  CHECK(calls.transport.asked.back().starts_with("https://example.org/api/v1/verifications/" + id +
                                                 "/programs/other\n"));
}
