// What is open for an address: to whom it is shown, and what it tells.
#include "service/received.h"

#include <doctest/doctest.h>

#include "service/change_sent.h"
#include "service/test_world.h"

using namespace couvert;
using namespace std::chrono_literals;

namespace {

// Anna sends to bert and carla; bert looks.
struct Inbox {
  TestWorld world;
  Caller anna{world.verified("anna@example.org")};
  Caller bert{world.verified("bert@example.com")};
  VerificationId proof{proof_of(bert)};

  Inbox() { world.allow("*", "*"); }

  VerificationId proof_of(const Caller& caller) {
    return Verify(*world.parts).list(caller)->at(0).verification_id;
  }

  StartedTransfer send(OpenBy open_by = OpenBy::password) {
    const TestDraft next{anna, SlotId::make(world.random), world.random.secret<32>()};
    REQUIRE(Drafts(*world.parts).create(next.key(), Address{"anna@example.org"}).has_value());
    const std::uint32_t no = upload_file(world, next, "a.txt", "abc");
    StartRequest request = good_request(world, {{no, 3}});
    request.open_by = open_by;
    if (open_by == OpenBy::link) {
      request.password.reset();
      request.recipients.at(0).slot_id = SlotId::make(world.random);
      request.recipients.at(0).secret = world.random.secret<32>();
    }
    Result<StartedTransfer> done = Start(*world.parts).start(next.key(), std::move(request));
    REQUIRE(done.has_value());
    world.clock.advance(1s);
    return std::move(*done);
  }

  ReceivedPage look(const std::optional<TrackingId>& before = {}) {
    Result<ReceivedPage> page = Received(*world.parts).list(bert, proof, {before});
    REQUIRE(page.has_value());
    return std::move(*page);
  }

  ErrorCode refused(const Caller& caller, const VerificationId& by,
                    const std::optional<TrackingId>& before = {}) {
    const Result<ReceivedPage> page = Received(*world.parts).list(caller, by, {before});
    REQUIRE_FALSE(page.has_value());
    return page.error().code;
  }
};

}  // namespace

TEST_CASE("a recipient sees what is open, and the way in that the mail told") {
  Inbox inbox;
  CHECK(inbox.look().transfers.empty());
  const StartedTransfer first = inbox.send();
  const StartedTransfer second = inbox.send(OpenBy::link);
  const ReceivedPage page = inbox.look();
  CHECK(page.to.text == "bert@example.com");
  CHECK_FALSE(page.more);
  REQUIRE(page.transfers.size() == 2);
  CHECK(page.transfers[0].tracking_id == second.tracking_id);
  CHECK(page.transfers[0].open_by == OpenBy::link);
  CHECK_FALSE(page.transfers[0].transfer_id);
  const ReceivedTransfer& one = page.transfers[1];
  CHECK(one.transfer_id == first.recipients.at(0).transfer_id);
  CHECK(one.from.text == "anna@example.org");
  CHECK(one.name == "Anna Example");
  CHECK(one.files.count == 1);
  CHECK(one.files.bytes == 3);
  CHECK_FALSE(one.opened);

  REQUIRE(open_by_password(inbox.world, *one.transfer_id, "xK9#vQ2mLp").has_value());
  CHECK(inbox.look().transfers.at(1).opened);
  CHECK_FALSE(inbox.look().transfers.at(1).retrieved);
}

TEST_CASE("what has expired, was revoked, or was taken back from the recipient is not shown") {
  Inbox inbox;
  const StartedTransfer revoked = inbox.send();
  const StartedTransfer taken = inbox.send();
  const StartedTransfer left = inbox.send();
  ChangeSent change(*inbox.world.parts);
  REQUIRE(change.revoke(inbox.anna, revoked.tracking_id).has_value());
  const std::optional<Secret<32>> no_secret;
  REQUIRE(change.revoke_recipient({inbox.anna, taken.tracking_id, no_secret}, 0).has_value());
  const ReceivedPage page = inbox.look();
  REQUIRE(page.transfers.size() == 1);
  CHECK(page.transfers[0].tracking_id == left.tracking_id);
  inbox.world.clock.advance(5 * 24h);
  CHECK(inbox.look().transfers.empty());
}

TEST_CASE("only who holds a proof of the address sees its list") {
  Inbox inbox;
  const StartedTransfer sent = inbox.send();
  const Caller carla = inbox.world.verified("carla@example.com");
  const VerificationId hers = inbox.proof_of(carla);
  CHECK(inbox.refused(carla, inbox.proof) == ErrorCode::denied);
  CHECK(inbox.refused(inbox.bert, hers) == ErrorCode::denied);
  CHECK(Received(*inbox.world.parts).list(carla, hers, {})->transfers.empty());
  // A tracking ID tells nothing of a transfer that was not sent to her.
  CHECK(inbox.refused(carla, hers, sent.tracking_id) == ErrorCode::denied);
  CHECK(inbox.refused(inbox.bert, inbox.proof, TrackingId::make(inbox.world.random)) ==
        ErrorCode::denied);
}

TEST_CASE("a long list comes in pages, each transfer once") {
  Inbox inbox;
  std::vector<TrackingId> sent;
  for (std::size_t i = 0; i <= limits::sent_page_max; ++i) sent.push_back(inbox.send().tracking_id);
  const ReceivedPage first = inbox.look();
  CHECK(first.transfers.size() == limits::sent_page_max);
  CHECK(first.more);
  CHECK(first.transfers.front().tracking_id == sent.back());
  const ReceivedPage rest = inbox.look(first.transfers.back().tracking_id);
  CHECK_FALSE(rest.more);
  REQUIRE(rest.transfers.size() == 1);
  CHECK(rest.transfers[0].tracking_id == sent.front());
}
