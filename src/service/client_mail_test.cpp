// Mails that the sender's own mail program sends: Start hands them out, the server sends none.
#include <doctest/doctest.h>

#include <set>

#include "service/change_sent.h"
#include "service/outbox_round.h"
#include "service/test_world.h"

using namespace couvert;

namespace {

struct ByClient {
  TestWorld world;
  TestDraft draft;

  explicit ByClient(bool allowed = true) : draft{begin_draft(world)} {
    world.allow("*@example.org", "*@example.com");
    world.settings.allowance.client_mail = allowed;
    world.deliver();
    world.transport.mails.clear();
  }

  StartRequest request() {
    StartRequest asked = good_request(world, {});
    asked.slot_id = slot_id;
    asked.notify = Notify::none;
    return asked;
  }
  Result<StartedTransfer> start(StartRequest asked) {
    return Start(*world.parts).start(draft.key(), std::move(asked));
  }
  std::string refusal(StartRequest asked) {
    const Result<StartedTransfer> done = start(std::move(asked));
    return done ? "" : done.error().detail;
  }
  MailState mail_of(const TrackingId& id) {
    const auto state = world.database->read_value([&](Transaction& tx) -> Result<MailState> {
      const auto transfer = find_tracked(tx, id);
      REQUIRE((transfer && transfer->has_value()));
      const auto recipient = find_recipient_at(tx, (*transfer)->seal_id, 0);
      REQUIRE((recipient && recipient->has_value()));
      return (*recipient)->mail;
    });
    REQUIRE(state.has_value());
    return *state;
  }

  SlotId slot_id = SlotId::make(world.random);
};

}  // namespace

TEST_CASE("a sender's mail program is handed the recipient's mail, and the server sends none") {
  ByClient scene;
  const Result<StartedTransfer> started = scene.start(scene.request());
  REQUIRE(started.has_value());
  const StartedRecipient& bert = started->recipients.at(0);
  REQUIRE(bert.mail.has_value());
  CHECK(bert.mail->language == Language::en);
  CHECK_FALSE(bert.mail->subject.empty());
  CHECK(bert.mail->text.find(bert.link) != std::string::npos);
  CHECK(bert.mail->html.find(bert.link) != std::string::npos);
  scene.world.deliver();
  CHECK(scene.world.transport.mails.empty());
  CHECK(scene.mail_of(started->tracking_id) == MailState::by_client);
  CHECK(open_by_password(scene.world, bert.transfer_id, "xK9#vQ2mLp").has_value());
}

TEST_CASE("the same start again gives the same mail; one by the server is another start") {
  ByClient scene;
  const Result<StartedTransfer> first = scene.start(scene.request());
  REQUIRE(first.has_value());
  const Result<StartedTransfer> again = scene.start(scene.request());
  REQUIRE(again.has_value());
  CHECK(again->repeated);
  CHECK(again->recipients.at(0).mail == first->recipients.at(0).mail);
  CHECK(again->recipients.at(0).link == first->recipients.at(0).link);
  StartRequest other = scene.request();
  other.notify = Notify::server;
  CHECK(scene.refusal(std::move(other)) == "started_differently");
}

TEST_CASE("a mail program sends only where the rules let it") {
  ByClient scene(false);
  CHECK(scene.refusal(scene.request()) == "client_mail_not_allowed");
  StartRequest usual = scene.request();
  usual.notify = Notify::server;
  const Result<StartedTransfer> started = scene.start(std::move(usual));
  REQUIRE(started.has_value());
  CHECK_FALSE(started->recipients.at(0).mail.has_value());
}

TEST_CASE("who was told by a mail program hears of a revocation, and of the transfer once more") {
  ByClient scene;
  const Result<StartedTransfer> started = scene.start(scene.request());
  REQUIRE(started.has_value());
  ChangeSent change(*scene.world.parts);
  const SentKey key{scene.draft.caller, started->tracking_id, std::nullopt};
  REQUIRE(change.send_again(key, 0, std::nullopt).has_value());
  scene.world.deliver();
  REQUIRE(scene.world.transport.mails.size() == 1);
  CHECK(scene.world.transport.mails[0].first.to.text == "bert@example.com");
  CHECK(scene.mail_of(started->tracking_id) == MailState::handed_over);

  ByClient other;
  const Result<StartedTransfer> revoked = other.start(other.request());
  REQUIRE(revoked.has_value());
  REQUIRE(ChangeSent(*other.world.parts).revoke(other.draft.caller, revoked->tracking_id));
  other.world.deliver();
  REQUIRE(other.world.transport.mails.size() == 2);
  std::set<std::string> to;
  for (const auto& [envelope, message] : other.world.transport.mails) to.insert(envelope.to.text);
  CHECK(to == std::set<std::string>{"anna@example.org", "bert@example.com"});
}
