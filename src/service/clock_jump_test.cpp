// What a jumping clock must not do to a transfer: revive it, or destroy it.
#include <doctest/doctest.h>

#include "service/expire_round.h"
#include "service/outbox_round.h"
#include "service/sent.h"
#include "service/test_world.h"

using namespace couvert;
using namespace std::chrono_literals;

namespace {

constexpr auto years = 10 * 365 * 24h;

// A transfer without password from anna to bert, and a draft with a file under way.
struct JumpFixture {
  JumpFixture() : draft(begin_draft(world)), filling(begin_draft(world)) {
    world.allow("*", "*");
    const std::uint32_t no = upload_file(world, draft, "a.txt", "abc");
    StartRequest request = good_request(world, {{no, 3}});
    request.open_by = OpenBy::link;
    request.password.reset();
    request.recipients.at(0).slot_id = SlotId::make(world.random);
    request.recipients.at(0).secret = world.random.secret<32>();
    Result<StartedTransfer> started = Start(*world.parts).start(draft.key(), std::move(request));
    REQUIRE(started.has_value());
    transfer = std::move(*started);
    upload_file(world, filling, "b.txt", "def");
    REQUIRE(world.guarded->look(world.log).has_value());
  }

  Result<Retrieval> open() {
    const StartedRecipient& bert = transfer.recipients.at(0);
    const std::string fragment = bert.link.substr(bert.link.find('#') + 1);
    return Retrieve(*world.parts).open_link(bert.transfer_id, fragment);
  }

  // The rounds of a server for that long.
  void run(Duration time) {
    for (Duration gone{}; gone < time; gone += 1min) {
      world.clock.advance(1min);
      REQUIRE(world.guarded->look(world.log).has_value());
      sweep(*world.parts);
      sweep_objects(*world.parts, orphans);
      REQUIRE(deliver_due(*world.parts, world.transport).has_value());
    }
  }

  bool is_bert_told() const { return !mails_to("bert@example.com").empty(); }

  std::vector<std::string> mails_to(const std::string& address) const {
    std::vector<std::string> found;
    for (const auto& [envelope, text] : world.transport.mails) {
      if (envelope.to.text == address) found.push_back(text);
    }
    return found;
  }

  TestWorld world;
  TestDraft draft;
  TestDraft filling;
  StartedTransfer transfer;
  OrphanSweep orphans;
};

}  // namespace

// Bug: the present time alone was looked at, so a clock set back opened what had ended.
TEST_CASE("a clock set back by 400 days opens nothing, also before any round has run") {
  JumpFixture test;
  REQUIRE(test.open().has_value());
  const Result<Retrieval> before = test.open();
  test.world.clock.advance(5 * 24h);
  CHECK(test.open().error().code == ErrorCode::denied);
  test.world.clock.jump(-400 * 24h);
  CHECK(test.open().error().code == ErrorCode::denied);
  const RetrievalKey session{before->retrieval_id, *before->token};
  CHECK(Retrieve(*test.world.parts).look(session).error().code == ErrorCode::denied);
  test.world.clock.advance(3 * 24h);  // the draft's seven days are over as well
  CHECK(Drafts(*test.world.parts).find(test.filling.key()).error().code == ErrorCode::denied);
}

// Bug: the rounds erased at once what a clock that jumped forward had ended.
TEST_CASE("a clock that jumps forward by ten years and back has destroyed nothing") {
  JumpFixture test;
  TestWorld& world = test.world;
  world.transport.answer = Error(ErrorCode::unavailable, "away");
  const std::size_t objects = world.count_objects();
  world.clock.jump(years);
  CHECK(test.open().error().code == ErrorCode::denied);
  test.run(limits::clock_settles_max - 1min);
  CHECK(world.count_objects() == objects);
  world.clock.jump(-years);
  world.transport.answer.reset();
  const Result<Retrieval> opened = test.open();
  REQUIRE(opened.has_value());
  const RetrievalKey session{opened->retrieval_id, *opened->token};
  CHECK(read_all(**Retrieve(*world.parts).file(session, 0)) == "abc");
  CHECK(Drafts(*world.parts).find(test.filling.key()).has_value());
  CHECK(Sent(*world.parts).find(test.draft.caller, test.transfer.tracking_id).has_value());
  // The mail that waited was neither given up nor put off for ten years.
  test.run(limits::mail_lease + 2min);
  CHECK(test.is_bert_told());
}

TEST_CASE("a clock that jumped forward and stays there is believed after minutes") {
  JumpFixture test;
  test.world.clock.jump(30 * 24h);
  test.run(limits::clock_settles_max + 5min);
  CHECK(test.world.count_objects() == 0);
  const Result<SentTransfer> sent =
      Sent(*test.world.parts).find(test.draft.caller, test.transfer.tracking_id);
  CHECK(sent.error().code == ErrorCode::denied);  // the verification has gone with the time
  test.world.clock.jump(-30 * 24h);
  CHECK(test.open().error().code == ErrorCode::denied);
}

TEST_CASE("mails and attempts from a time that never came wait for nothing") {
  JumpFixture test;
  TestWorld& world = test.world;
  test.run(1min);
  REQUIRE(test.is_bert_told());
  world.clock.jump(years);
  // Asked for in the wrong time, while the mail server is away.
  world.transport.answer = Error(ErrorCode::unavailable, "away");
  sweep(*world.parts);  // makes the keys of those days
  const Caller stranger{{}, "127.0.0.1"};
  REQUIRE(Verify(*world.parts).request(stranger, {"carla@example.org", Language::en}).has_value());
  REQUIRE(deliver_due(*world.parts, world.transport).has_value());
  world.clock.jump(-years);
  world.transport.answer.reset();
  test.run(1min);
  CHECK(test.mails_to("carla@example.org").size() == 1);
}
