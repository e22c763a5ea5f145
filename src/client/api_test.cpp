#include "client/api.h"

#include <doctest/doctest.h>

#include "client/api_line.h"
#include "client/test_id.h"

using namespace couvert;

static const std::string time_text = "2026-11-22T12:00:00Z";

static Json parsed(const std::string& text) {
  Result<Json> json = parse_json(text, {});
  REQUIRE(json);
  return *json;
}

static std::string retrieval_text(const std::string& file) {
  return R"({"retrieval_id":")" + id + R"(","token":"abc","transfer_id":")" + id +
         R"(","tracking_id":")" + id + R"(","from":"ann@example.org","name":"Änne","created":")" +
         time_text + R"(","expires":")" + time_text + R"(","ends":")" + time_text +
         R"(","subject":"s","text":"t","files":[)" + file + "]}";
}

static const std::string good_file =
    R"({"no":0,"name":"a/b.pdf","type":"application/pdf","size":5000000000,"crc32":"0badcafe"})";

TEST_CASE("an open transfer is read with its files") {
  const auto retrieval = api::read_retrieval(parsed(retrieval_text(good_file)));
  REQUIRE(retrieval);
  CHECK(retrieval->token.text() == "abc");
  CHECK(retrieval->name == "Änne");
  REQUIRE(retrieval->files.size() == 1);
  CHECK(retrieval->files[0].name == "a/b.pdf");
  CHECK(retrieval->files[0].size == 5'000'000'000);
  CHECK(retrieval->files[0].crc32 == 0x0badcafe);
}

TEST_CASE("a file that is described otherwise is no answer of a Couvert server") {
  for (const char* wrong :
       {"7", "{}", R"({"no":0,"name":"a","type":"a/b","size":-1,"crc32":"0badcafe"})",
        R"({"no":0,"name":"a","type":"a/b","size":4398046511105,"crc32":"0badcafe"})",
        R"({"no":-1,"name":"a","type":"a/b","size":1,"crc32":"0badcafe"})",
        R"({"no":0,"name":"a","type":"a/b","size":1,"crc32":"0BADCAFE"})",
        R"({"no":0,"name":"a","type":"a/b","size":1,"crc32":"0bad"})",
        R"({"no":0,"name":"a","type":"a/b","size":1,"crc32":"0badcafe","sha256":"00"})",
        R"({"no":0,"name":"a","type":"a/b","size":1,"crc32":"0badcafe","more":1})"}) {
    CAPTURE(wrong);
    const auto retrieval = api::read_retrieval(parsed(retrieval_text(wrong)));
    REQUIRE_FALSE(retrieval);
    CHECK(retrieval.error().reason == reasons::foreign_answer);
  }
}

TEST_CASE("a token with characters that would break a header is refused") {
  for (const char* token : {R"("a b")", R"("a\nb")", R"("ä")"}) {
    CAPTURE(token);
    const std::string text = R"({"expires":")" + time_text + R"(","token":)" + token + "}";
    CHECK_FALSE(api::read_requested_code(parsed(text)));
  }
  const auto without = api::read_requested_code(parsed(R"({"expires":")" + time_text + R"("})"));
  REQUIRE(without);
  CHECK(without->token.empty());
}

TEST_CASE("the policy's answer says who may receive, and why not") {
  const auto policy = api::read_policy_answer(parsed(
      R"({"recipients":[{"address":"a@example.org","allowed":true},)"
      R"({"address":"b@example.org","allowed":false,"reason":"no_rule"}],)"
      R"("transfer_bytes_max":1000,"days_default":10,"days_max":30,)"
      R"("days_editable":true,"open_by":["password","link"],)"
      R"("password_modes":["own"],"message_required":true,"show_file_names":"off",)"
      R"("phone_required":true,"checksums":true,)"
      R"("notify_delivery":"off","notify_download":"always","password_rules":{"length_min":12,)"
      R"("upper_and_lower":true,"digits":true,"special":false,"no_word":true},)"
      R"("notification_editable":true,"quick":"if_connected",)"
      R"("invitation_passwords":["generated"]})"));
  REQUIRE(policy);
  CHECK(policy->recipients[0].allowed);
  CHECK(policy->recipients[1].reason == "no_rule");
  CHECK(policy->open_by.size() == 2);
  CHECK(policy->password_modes == std::vector<std::string>{"own"});
  CHECK(policy->quick == "if_connected");
  CHECK(policy->invitation_passwords == std::vector<std::string>{"generated"});
  CHECK(policy->password_rules.length_min == 12);
  CHECK_FALSE(policy->password_rules.special);
  CHECK(policy->message_required);
  CHECK(policy->phone_required);
  CHECK(policy->checksums);
}

TEST_CASE("a started transfer names a link for each recipient") {
  const std::string recipient = R"({"address":"a@example.org","kind":"to","transfer_id":")" + id +
                                R"(","link":"https://example.org/r/)" + id + R"("})";
  const std::string text = R"({"tracking_id":")" + id + R"(","created":")" + time_text +
                           R"(","expires":")" + time_text + R"(","recipients":[)" + recipient +
                           R"(],"files":[)" + good_file + "]}";
  const auto started = api::read_started(parsed(text));
  REQUIRE(started);
  CHECK(started->recipients[0].link.text() == "https://example.org/r/" + id);
  CHECK(started->files[0].crc32 == 0x0badcafe);
}

TEST_CASE("a list of received transfers has a way in only where a password opens them") {
  const std::string line = R"({"tracking_id":")" + id +
                           R"(","from":"a@example.org","name":"Anna",)" + R"("created":")" +
                           time_text + R"(","expires":")" + time_text +
                           R"(","open_by":"link","file_count":2,"bytes":8})";
  const std::string page = R"({"to":"b@example.org","more":false,"transfers":[)";
  const auto read = api::read_received_page(parsed(page + line + "]}"));
  REQUIRE(read);
  CHECK(read->to == "b@example.org");
  CHECK(read->transfers.at(0).transfer_id.empty());
  CHECK(read->transfers.at(0).bytes == 8);
  CHECK_FALSE(api::read_received_page(parsed(page + "{}]}")));
  CHECK_FALSE(api::read_received_page(parsed(R"({"to":"b@example.org","more":false})")));
}

TEST_CASE("a sent transfer says where it stands with each recipient, and the list in short") {
  const std::string head = R"("tracking_id":")" + id + R"(","draft_id":")" + id +
                           R"(","state":"sealed","created":")" + time_text + R"(","expires":")" +
                           time_text + R"(","open_by":"link","file_count":2,"bytes":8)";
  const std::string recipient =
      R"({"recipient_no":0,"address":"b@example.org","kind":"to","mail":"failed","viewed_count":1,)"
      R"("downloaded_count":0,"mail_answer":"550 no","mail_settled":")" +
      time_text + R"(","opened":")" + time_text + R"("})";
  const auto sent =
      api::read_sent(parsed("{" + head + R"(,"from":"a@example.org","expires_max":")" + time_text +
                            R"(","recipients":[)" + recipient + "]}"));
  REQUIRE(sent);
  REQUIRE(sent->recipients.size() == 1);
  CHECK(sent->recipients[0].mail_answer == "550 no");
  CHECK(sent->recipients[0].opened == time_text);
  CHECK(sent->recipients[0].revoked.empty());
  const std::string line =
      "{" + head + R"(,"recipients":["b@example.org"],"recipient_count":4,"failed_count":1,)" +
      R"("opened_count":2,"retrieved_count":0})";
  const auto page = api::read_sent_page(
      parsed(R"({"from":"a@example.org","more":true,"transfers":[)" + line + "]}"));
  REQUIRE(page);
  CHECK(page->more);
  CHECK(page->transfers[0].recipient_count == 4);
  CHECK_FALSE(api::read_sent(parsed("{" + head + "}")));
  CHECK_FALSE(
      api::read_sent_page(parsed(R"({"from":"a@example.org","more":false,"transfers":[{}]})")));
}

TEST_CASE("Start leaves out what was not asked for, and secrets where there are none") {
  api::Start start;
  start.name = "Ann";
  start.recipients.push_back({.address = "b@example.org", .kind = "to"});
  start.files = {{0, 7}};
  start.expires = time_text;
  start.language = "en";
  start.open_by = "password";
  start.slot_id = id;
  const Json json = api::to_json(start);
  for (const char* absent : {"phone", "reply_to", "subject", "text", "password"}) {
    CHECK(json.find(absent) == nullptr);
  }
  CHECK(json.find("files")->write() == R"([{"no":0,"size":7}])");
  CHECK(json.find("recipients")->write() == R"([{"address":"b@example.org","kind":"to"}])");
}

TEST_CASE("wiping JSON leaves no text in it") {
  Json json = parsed(R"({"a":["x",{"b":"y"}],"c":"z"})");
  wipe_texts(json);
  CHECK(json.write() == R"({"a":["",{"b":""}],"c":""})");
}
