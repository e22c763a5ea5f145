#include "client/client.h"

#include <doctest/doctest.h>

#include "client/scripted_transport.h"
#include "client/test_id.h"

using namespace couvert;

static const std::string code_answer = R"({"expires":"2026-11-22T12:00:00Z","token":"tok"})";

static bool sent(const ScriptedTransport& transport, std::string_view header) {
  return transport.asked.back().find(header) != std::string::npos;
}

TEST_CASE("a client without a session sends no authorization, one with a session does") {
  ScriptedTransport transport;
  Client client(transport, ServerUrl{"https://example.org/c"});
  transport.script = {answer(202, code_answer), answer(202, code_answer)};
  const auto requested = client.request_code("ann@example.org", "nl");
  REQUIRE(requested);
  CHECK(requested->token.text() == "tok");
  CHECK(transport.asked.back().starts_with("https://example.org/c/api/v1/verifications\n"));
  CHECK(transport.bodies.back() ==
        R"({"address":"ann@example.org","language":"nl","client":"program"})");
  CHECK_FALSE(sent(transport, "Authorization"));
  client.use_session(WipedText("tok"));
  CHECK(client.request_code("ann@example.org", "nl"));
  CHECK(sent(transport, "Authorization: Bearer tok"));
}

TEST_CASE("a code for a recipient is asked for by the transfer ID, and used by it") {
  ScriptedTransport transport;
  Client client(transport, ServerUrl{"https://example.org"});
  transport.script = {answer(202, code_answer), answer(204, "")};
  CHECK(client.request_recipient_code(id, "nl").value().token.text() == "tok");
  CHECK(transport.asked.back().starts_with("https://example.org/api/v1/transfers/code\n"));
  CHECK(transport.bodies.back() ==
        R"({"transfer_id":"abcdefghijklmnopqrstuvwxy4","language":"nl","client":"program"})");
  client.use_session(WipedText("tok"));
  CHECK(client.confirm_recipient_code(id, "k4mx7w9qfr"));
  CHECK(transport.asked.back().starts_with("https://example.org/api/v1/transfers/code/confirm\n"));
  CHECK(transport.bodies.back() ==
        R"({"transfer_id":"abcdefghijklmnopqrstuvwxy4","code":"k4mx7w9qfr"})");
  CHECK(sent(transport, "Authorization: Bearer tok"));
}

TEST_CASE("an answer that is no JSON, or of another kind, is not one of a Couvert server") {
  for (const char* body : {"", "<html>", "{}", R"({"expires":"2026-11-22T12:00:00Z","x":1})"}) {
    CAPTURE(body);
    ScriptedTransport transport;
    Client client(transport, ServerUrl{"https://example.org"});
    transport.script = {answer(202, body)};
    const auto requested = client.request_code("ann@example.org", "en");
    REQUIRE_FALSE(requested);
    CHECK(requested.error().reason == reasons::foreign_answer);
  }
}

TEST_CASE("the number of a new file is taken from Location, whatever host it names") {
  const DraftAccess draft{.draft_id = id, .secret = {}};
  ScriptedTransport transport;
  Client client(transport, ServerUrl{"https://example.org"});
  transport.script = {answer(201, "", {{"location", "https://evil.example.com/x/17"}}),
                      answer(201, "", {{"location", "/api/v1/drafts/x/files/17x"}}),
                      answer(201, "", {{"location", "/files/4294967296"}}), answer(201, "")};
  const NewFile file{.name = "ä.pdf", .type = "application/pdf", .size = 7};
  CHECK(client.create_file(draft, file, nullptr)->no == 17);
  CHECK(sent(transport, "Upload-Metadata: filename w6QucGRm,filetype YXBwbGljYXRpb24vcGRm"));
  CHECK(sent(transport, "Upload-Length: 7"));
  CHECK(sent(transport, "Couvert-Secret: AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"));
  for (int i = 0; i < 3; ++i) CHECK_FALSE(client.create_file(draft, file, nullptr));
}

TEST_CASE("the server's clock is that of its last answer") {
  ScriptedTransport transport;
  Client client(transport, ServerUrl{"https://example.org"});
  CHECK_FALSE(client.server_time());
  transport.script = {answer(404, "", {{"date", "Sun, 22 Nov 2026 12:00:00 GMT"}})};
  CHECK_FALSE(client.find_transfer(id));
  CHECK(to_rfc3339(*client.server_time()) == "2026-11-22T12:00:00Z");
}

TEST_CASE("Retry-After counts where the problem itself does not say when") {
  ScriptedTransport transport;
  Client client(transport, ServerUrl{"https://example.org"});
  transport.script = {answer(503, "", {{"retry-after", "9"}})};
  const auto found = client.find_transfer(id);
  REQUIRE_FALSE(found);
  CHECK(found.error().retry_after == std::chrono::seconds(9));
}

TEST_CASE("a policy answer for another number of recipients is refused") {
  ScriptedTransport transport;
  Client client(transport, ServerUrl{"https://example.org"});
  transport.script = {answer(200, R"({"recipients":[],"transfer_bytes_max":1,"days_default":1,)"
                                  R"("days_max":1,"days_editable":true,"open_by":[],)"
                                  R"("password_modes":[],"message_required":false,)"
                                  R"("phone_required":false,"checksums":false,)"
                                  R"("notification_editable":true,"show_file_names":"off",)"
                                  R"("quick":"never","invitation_passwords":[],)"
                                  R"("notify_delivery":"off","notify_download":"off",)"
                                  R"("password_rules":{"length_min":8,"upper_and_lower":true,)"
                                  R"("digits":true,"special":true,"no_word":true}})")};
  const auto policy = client.ask_policy("ann@example.org", {"bob@example.org"}, "");
  REQUIRE_FALSE(policy);
  CHECK(policy.error().reason == reasons::foreign_answer);
}
