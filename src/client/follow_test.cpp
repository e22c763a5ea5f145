#include "client/follow.h"

#include <doctest/doctest.h>

#include "client/scripted_transport.h"
#include "client/test_id.h"
#include "client/waiting_clock.h"

using namespace couvert;

namespace {

const std::string other_id = "bbcdefghijklmnopqrstuvwxy4";

std::string versions(const std::string& first, const std::string& second = "") {
  std::string text = R"({"tracking_id":")" + id + R"(","version":")" + first + "\"}";
  if (second.empty()) return text;
  return text + R"(,{"tracking_id":")" + other_id + R"(","version":")" + second + "\"}";
}

std::string snapshot(const std::string& inner) {
  return "event: snapshot\ndata: {\"transfers\":[" + inner + "]}\n\n";
}

std::string changed(const std::string& version) {
  return "event: changed\ndata: " + versions(version) + "\n\n";
}

// A stream that says this, piece by piece, and ends well.
ScriptedTransport::Step stream(std::vector<std::string> pieces) {
  return [pieces](const HttpRequest& request) -> Answer<HttpAnswer> {
    HttpAnswer answer;
    answer.head.status = 200;
    answer.head.headers = {{"content-type", "text/event-stream"}};
    if (const Answer<> begun = request.sink->begin(answer.head); !begun) return pass(begun);
    for (const std::string& piece : pieces) {
      if (const Answer<> taken = request.sink->write(as_bytes(piece)); !taken) return pass(taken);
    }
    return answer;
  };
}

struct Told final : public ListListener {
  Answer<> changed(const std::vector<std::string>& tracking_ids) override {
    if (fails > 0) {
      --fails;
      return tl::make_unexpected(broken_line());
    }
    all.push_back(tracking_ids);
    return Answer<>();
  }

  Answer<> is_there() override {
    ++signs;
    if (signs == fails_at_sign) return tl::make_unexpected(broken_line());
    return Answer<>();
  }

  std::vector<std::vector<std::string>> all;
  int fails = 0;
  int signs = 0;
  int fails_at_sign = 0;
};

struct Following {
  ScriptedTransport transport;
  Client client{transport, ServerUrl{"https://example.org"}};
  WaitingClock clock;
  Told told;

  Answer<> follow(std::optional<Duration> time_max = std::nullopt) {
    return follow_sent({client, clock.patience, clock}, id, time_max, told);
  }
};

using Ids = std::vector<std::string>;

const char* over = R"({"status":404,"code":"denied"})";

}  // namespace

TEST_CASE("everything is told at first, then what changes, each once") {
  Following following;
  following.transport.script = {stream({snapshot(versions("1", "1")), changed("1"),
                                        changed("2") + changed("3"), changed("3")}),
                                answer(404, over)};
  CHECK(following.follow().error().code == ErrorCode::denied);
  REQUIRE(following.told.all.size() == 2);
  CHECK(following.told.all[0] == Ids{id, other_id});
  CHECK(following.told.all[1] == Ids{id});
  CHECK(following.transport.asked[0].find("/sent/events\nAccept: text/event-stream") !=
        std::string::npos);
}

TEST_CASE("what changed between two streams is told by the second") {
  Following following;
  following.transport.script = {
      stream({snapshot(versions("1", "1"))}), stream({snapshot(versions("1", "2"))}),
      stream({snapshot(versions("1"))}), stream({snapshot(versions("1", "2"))}), answer(404, over)};
  CHECK_FALSE(following.follow());
  REQUIRE(following.told.all.size() == 3);
  CHECK(following.told.all[1] == Ids{other_id});
  CHECK(following.told.all[2] == Ids{other_id});  // gone meanwhile, and back
}

TEST_CASE("broken lines are bound: ten without a stream, and each stream counts anew") {
  Following following;
  for (int i = 0; i < 9; ++i) following.transport.script.push_back(broken());
  following.transport.script.push_back(stream({snapshot("")}));
  for (int i = 0; i < 9; ++i) following.transport.script.push_back(broken());
  following.transport.script.push_back(stream({}));  // none either: it does not begin
  const auto ended = following.follow();
  REQUIRE_FALSE(ended);
  CHECK(ended.error().reason == reasons::broken_line);
  CHECK(following.transport.asked.size() == 20);
}

TEST_CASE("a listener that failed for now is told again by the next stream") {
  Following following;
  following.told.fails = 1;
  following.transport.script = {stream({snapshot(versions("1"))}),
                                stream({snapshot(versions("1"))}), answer(404, over)};
  CHECK_FALSE(following.follow());
  CHECK(following.told.all == std::vector<Ids>{{id}});
}

TEST_CASE("a stream that shows that it is there gives time to look elsewhere, once it has begun") {
  Following following;
  following.transport.script = {
      stream({"retry: 5000\n\n", snapshot(""), ": there\n\n", changed("1"), ": there\n\n"}),
      answer(404, over)};
  CHECK(following.follow().error().code == ErrorCode::denied);
  CHECK(following.told.signs == 4);
  CHECK(following.told.all.size() == 1);
  // What fails there for now is tried again on the next stream.
  Following broken;
  broken.told.fails_at_sign = 2;
  broken.transport.script = {stream({snapshot(""), ": there\n\n", ": there\n\n"}),
                             stream({snapshot("")}), answer(404, over)};
  CHECK(broken.follow().error().code == ErrorCode::denied);
  CHECK(broken.told.signs == 3);
}

TEST_CASE("following ends well at its time, and not one pause later") {
  Following following;
  const auto until = [&](const HttpRequest& request) -> Answer<HttpAnswer> {
    CHECK(request.time_max == Duration(30'000));
    following.clock.time += Duration(29'000);
    return tl::make_unexpected(broken_line());
  };
  following.transport.script = {until};
  CHECK(following.follow(Duration(30'000)));
  CHECK(following.clock.time == Duration(1'030'000));
}

TEST_CASE("what is no event of Couvert's ends it") {
  for (const char* wrong : {"event: snapshot\ndata: {\"transfers\":7}\n\n", "data: x\n\n",
                            "event: changed\ndata: {\"tracking_id\":\"x\",\"version\":\"1\"}\n\n",
                            "event: gone\ndata: {}\n\n"}) {
    CAPTURE(wrong);
    Following following;
    following.transport.script = {stream({wrong}), answer(404, over)};
    CHECK(following.follow().error().reason == reasons::foreign_answer);
  }
  Following page;
  page.transport.script = {[](const HttpRequest& request) -> Answer<HttpAnswer> {
    AnswerHead head;
    head.status = 200;
    head.headers = {{"content-type", "text/html"}};
    const Answer<> begun = request.sink->begin(head);
    REQUIRE_FALSE(begun);
    return pass(begun);
  }};
  CHECK(page.follow().error().reason == reasons::foreign_answer);
}

TEST_CASE("events of a newer server and signs of life are passed over") {
  Following following;
  following.transport.script = {stream({snapshot(""), ": there\n\n", "event: weather\ndata: {}\n\n",
                                        "event: gone\ndata: {\"tracking_id\":\"" + id + "\"}\n\n"}),
                                answer(404, over)};
  CHECK(following.follow().error().code == ErrorCode::denied);
  CHECK(following.told.all.empty());
}
