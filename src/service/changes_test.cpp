#include "service/changes.h"

#include <doctest/doctest.h>

#include "base/limits.h"
#include "service/change_sent.h"
#include "service/test_world.h"

using namespace couvert;
using namespace std::chrono_literals;

namespace {

// Anna sends to Bert; both lists are watched.
struct WatchedWorld {
  TestWorld world;
  TestDraft draft = begin_draft(world);
  Caller bert = world.verified("bert@example.com");
  ListWatch sent{*world.parts, draft.caller, proof_of(draft.caller), WatchedList::sent};
  ListWatch received{*world.parts, bert, proof_of(bert), WatchedList::received};

  VerificationId proof_of(const Caller& caller) {
    return Verify(*world.parts).list(caller)->front().verification_id;
  }
  StartedTransfer send() {
    world.allow("*", "*");
    const std::uint32_t no = upload_file(world, draft, "a.txt", "abc");
    Result<StartedTransfer> done =
        Start(*world.parts).start(draft.key(), good_request(world, {{no, 3}}));
    REQUIRE(done.has_value());
    return std::move(*done);
  }
  // The version of the one transfer in a list.
  static std::string version(ListWatch& list) {
    const Result<ListVersions> found = list.look();
    REQUIRE(found.has_value());
    REQUIRE(found->size() == 1);
    return found->begin()->second;
  }
};

}  // namespace

TEST_CASE("a watched list has another version for each change, and the same without one") {
  WatchedWorld here;
  CHECK(here.sent.look()->empty());
  CHECK(here.received.look()->empty());
  const StartedTransfer started = here.send();
  const std::string waiting = WatchedWorld::version(here.sent);
  const std::string unopened = WatchedWorld::version(here.received);
  CHECK(WatchedWorld::version(here.sent) == waiting);
  here.world.deliver();
  const std::string handed_over = WatchedWorld::version(here.sent);
  CHECK(handed_over != waiting);
  CHECK(WatchedWorld::version(here.received) == unopened);  // not the recipient's business
  const TransferId& id = started.recipients.at(0).transfer_id;
  REQUIRE(open_by_password(here.world, id, "xK9#vQ2mLp").has_value());
  CHECK(WatchedWorld::version(here.sent) != handed_over);
  CHECK(WatchedWorld::version(here.received) != unopened);
  const std::string opened = WatchedWorld::version(here.sent);
  REQUIRE(ChangeSent(*here.world.parts).revoke(here.draft.caller, started.tracking_id).has_value());
  CHECK(WatchedWorld::version(here.sent) != opened);
  CHECK(here.received.look()->empty());
}

TEST_CASE("a watch looks again where something was written, after its pause, and now and then") {
  WatchedWorld here;
  REQUIRE(here.sent.look().has_value());
  CHECK_FALSE(here.sent.is_due());
  here.world.clock.advance(limits::event_look_pause);
  CHECK_FALSE(here.sent.is_due());  // nothing was written
  here.send();
  CHECK(here.sent.is_due());
  REQUIRE(here.sent.look().has_value());
  here.world.clock.advance(limits::event_quiet_max - 1ms);
  CHECK_FALSE(here.sent.is_due());
  here.world.clock.advance(1ms);
  CHECK(here.sent.is_due());  // a transfer may have come to its end
}

TEST_CASE("the end of a transfer is a change that nobody writes") {
  WatchedWorld here;
  here.send();
  const std::string before = WatchedWorld::version(here.sent);
  CHECK(WatchedWorld::version(here.received) != "");
  here.world.clock.advance(40 * 24h);
  // The proofs have ended, too: new ones for the same mailboxes.
  const Caller anna = here.world.verified("anna@example.org");
  ListWatch sent(*here.world.parts, anna, here.proof_of(anna), WatchedList::sent);
  CHECK(WatchedWorld::version(sent) != before);
  CHECK(here.sent.look().error().code == ErrorCode::denied);
}

TEST_CASE("only whose proof it is may watch") {
  WatchedWorld here;
  const VerificationId hers = here.proof_of(here.draft.caller);
  CHECK(ListWatch(*here.world.parts, here.bert, hers, WatchedList::sent).look().error().code ==
        ErrorCode::denied);
  const Caller stranger{{}, "192.0.2.7"};
  CHECK(ListWatch(*here.world.parts, stranger, hers, WatchedList::sent).look().error().code ==
        ErrorCode::denied);
}
