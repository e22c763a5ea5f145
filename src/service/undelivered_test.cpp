// A mail that came back is told as one that was refused, once, and only where it matters.
#include "service/undelivered.h"

#include <doctest/doctest.h>

#include "service/change_sent.h"
#include "service/outbox_round.h"
#include "service/test_world.h"
#include "store/transfer_table.h"

using namespace couvert;
using namespace std::chrono_literals;

namespace {

const std::string why = "550 5.1.1 no such mailbox";

// A transfer of anna's to bert, whose mail the mail server has.
struct BounceScene {
  BounceScene() : draft(begin_draft(world)) {
    world.allow("*", "*");
    Result<StartedTransfer> started =
        Start(*world.parts).start(draft.key(), good_request(world, {}));
    REQUIRE(started.has_value());
    transfer = std::move(*started);
    world.transport.mails.clear();
  }

  Recipient bert() {
    const SentKey of{draft.caller, transfer.tracking_id, none};
    Result<SentTransfer> sent = Sent(*world.parts).find(of.caller, of.tracking_id);
    REQUIRE(sent.has_value());
    return sent->recipients[0].recipient;
  }

  // What `couvertd bounce` does.
  bool come_back(const MailId& mail) {
    const auto noted =
        world.database->write_value([&](Transaction& tx) { return note_bounce(tx, mail, why); });
    REQUIRE(noted.has_value());
    return *noted;
  }

  std::size_t told() {
    const Result<std::size_t> count = tell_bounces(*world.parts);
    REQUIRE(count.has_value());
    world.deliver();
    return *count;
  }

  // The mails that the sender got.
  std::size_t mails_to_anna() {
    std::size_t count = 0;
    for (const auto& [envelope, mail] : world.transport.mails) {
      count += envelope.to.text == "anna@example.org" ? 1 : 0;
    }
    return count;
  }

  TestWorld world;
  TestDraft draft;
  StartedTransfer transfer;
  std::optional<Secret<32>> none;
};

}  // namespace

TEST_CASE("a mail that came back is told to the sender with its reason, once") {
  BounceScene scene;
  scene.world.deliver();
  const Recipient before = scene.bert();
  CHECK(before.mail == MailState::handed_over);
  REQUIRE(before.mail_id);
  scene.world.clock.advance(1h);
  CHECK(scene.come_back(*before.mail_id));
  CHECK_FALSE(scene.come_back(*before.mail_id));
  CHECK(scene.told() == 1);
  CHECK(scene.bert().mail == MailState::failed);
  CHECK(scene.bert().mail_answer == why);
  CHECK(scene.bert().mail_settled == before.mail_settled.value() + 1h);
  CHECK(scene.mails_to_anna() == 1);
  CHECK(scene.world.transport.mails.back().second.find("no such mailbox") != std::string::npos);

  CHECK_FALSE(scene.come_back(*before.mail_id));
  CHECK(scene.told() == 0);
  CHECK(scene.mails_to_anna() == 1);
}

TEST_CASE("the report that outruns the mail server's answer waits for it") {
  BounceScene scene;
  const MailId mail = scene.bert().mail_id.value();
  CHECK(scene.come_back(mail));
  const Result<std::size_t> early = tell_bounces(*scene.world.parts);
  CHECK(early == 0);
  CHECK(scene.bert().mail == MailState::waiting);
  scene.world.deliver();
  CHECK(scene.bert().mail == MailState::handed_over);
  CHECK(scene.told() == 1);
  CHECK(scene.bert().mail == MailState::failed);
}

TEST_CASE("a report about a mail that is unknown, or was sent again since, changes nothing") {
  BounceScene scene;
  scene.world.deliver();
  CHECK_FALSE(scene.come_back(MailId::make(scene.world.random)));
  const MailId first = scene.bert().mail_id.value();
  CHECK(scene.come_back(first));
  const SentKey key{scene.draft.caller, scene.transfer.tracking_id, scene.none};
  REQUIRE(ChangeSent(*scene.world.parts).send_again(key, 0, {}).has_value());
  CHECK(scene.bert().mail_id.value() != first);
  scene.world.deliver();
  CHECK(scene.told() == 0);
  CHECK_FALSE(scene.come_back(first));
  CHECK(scene.bert().mail == MailState::handed_over);
  CHECK(scene.come_back(scene.bert().mail_id.value()));
  CHECK(scene.told() == 1);
}

TEST_CASE("nobody is told of a mail that came back from a recipient who has opened the transfer") {
  BounceScene scene;
  scene.world.deliver();
  const MailId mail = scene.bert().mail_id.value();
  CHECK(scene.come_back(mail));
  REQUIRE(open_by_password(scene.world, scene.transfer.recipients[0].transfer_id, "xK9#vQ2mLp"));
  CHECK(scene.told() == 0);
  CHECK(scene.bert().mail == MailState::handed_over);
}

TEST_CASE("what was taken back or is over is not told of") {
  BounceScene scene;
  scene.world.deliver();
  const MailId mail = scene.bert().mail_id.value();
  CHECK(scene.come_back(mail));
  REQUIRE(ChangeSent(*scene.world.parts).revoke(scene.draft.caller, scene.transfer.tracking_id));
  scene.world.deliver();
  const std::size_t mails = scene.mails_to_anna();
  CHECK(scene.told() == 0);
  CHECK(scene.mails_to_anna() == mails);
  CHECK(scene.bert().mail == MailState::handed_over);

  BounceScene other;
  other.world.deliver();
  const SentKey key{other.draft.caller, other.transfer.tracking_id, other.none};
  const MailId gone = other.bert().mail_id.value();
  REQUIRE(ChangeSent(*other.world.parts).revoke_recipient(key, 0).has_value());
  CHECK_FALSE(other.come_back(gone));
}

TEST_CASE("a bounce that cannot be told is dropped, and holds up no other") {
  BounceScene scene;
  scene.world.deliver();
  CHECK(scene.come_back(scene.bert().mail_id.value()));
  REQUIRE(scene.world.database->write([&](Transaction& tx) -> Result<> {
    auto transfer = find_tracked(tx, scene.transfer.tracking_id);
    (*transfer)->notice = "bm90aWNl";
    return update_transfer(tx, **transfer);
  }));
  CHECK(scene.told() == 0);
  CHECK(scene.bert().mail == MailState::handed_over);
  CHECK_FALSE(scene.bert().bounced);
}
