// Transfers that open by QUICK, after Start: another end, the mail again, another recipient.
#include "service/expire_round.h"
#include "service/notice.h"
#include "service/quick_mails.h"
#include "service/test_quick_scene.h"

using namespace couvert;
using namespace std::chrono_literals;

TEST_CASE("QUICK: another end of the transfer gives its envelopes the coat of that day") {
  QuickScene scene;
  const StartedTransfer sent = scene.started(scene.mixed());
  const TransferId id = sent.recipients.at(0).transfer_id;
  QuickChange sender{scene, sent.tracking_id};
  const std::vector<KeyslotRow> before = scene.keyslots();
  const Instant end = scene.world.clock.now() + 24h * 9;
  REQUIRE(sender.change().change_end(sender.key(), end).has_value());
  for (const KeyslotRow& row : scene.keyslots()) {
    const auto old = std::ranges::find(before, row.slot_id, &KeyslotRow::slot_id);
    REQUIRE(old != before.end());
    CHECK(row.stored != old->stored);
    CHECK(row.end == std::chrono::floor<std::chrono::seconds>(end));
  }
  scene.world.clock.advance(24h * 8);
  CHECK(scene.open(scene.bert, id).has_value());
}

TEST_CASE("QUICK: the mail goes again without any secret, and the envelope stays") {
  QuickScene scene;
  const StartedTransfer sent = scene.started(scene.by_quick({&scene.bert}));
  QuickChange sender{scene, sent.tracking_id, std::nullopt};
  scene.world.deliver();
  scene.world.transport.mails.clear();
  REQUIRE(sender.change().send_again(sender.key(), 0, {}).has_value());
  scene.world.deliver();
  REQUIRE(scene.world.transport.mails.size() == 1);
  CHECK(scene.world.transport.mails[0].second.find("Password:") == std::string::npos);
  CHECK(scene.open(scene.bert, sent.recipients.at(0).transfer_id).has_value());
  const std::optional<NewLink> envelope = scene.new_envelope(scene.bert);
  CHECK(error_of(sender.change().send_again(sender.key(), 0, envelope)).code == ErrorCode::invalid);
}

TEST_CASE("QUICK: who takes another's place has an envelope of their own") {
  QuickScene scene;
  const StartedTransfer sent = scene.started(scene.by_quick({&scene.bert}));
  QuickChange sender{scene, sent.tracking_id};
  const std::string carl = scene.carl.address.text;
  const std::optional<NewLink> envelope = scene.new_envelope(scene.carl);
  const std::optional<NewLink> bare = NewLink{envelope->slot_id, envelope->secret.clone()};
  const auto refused = [&](const SentKey& key, const std::optional<NewLink>& link) {
    return error_of(sender.change().replace(key, 0, carl, link));
  };
  CHECK(refused(sender.key(), {}).code == ErrorCode::invalid);
  CHECK(refused(sender.key(), bare).code == ErrorCode::invalid);
  const std::optional<Secret<32>> none;
  const SentKey without{scene.draft.caller, sender.tracking_id, none};
  CHECK(refused(without, envelope).code == ErrorCode::invalid);
  const std::optional<Secret<32>> wrong = scene.world.random.secret<32>();
  CHECK(refused({scene.draft.caller, sender.tracking_id, wrong}, envelope).detail ==
        "wrong_secret");
  CHECK(scene.open(scene.bert, sent.recipients.at(0).transfer_id).has_value());

  scene.world.deliver();
  scene.world.transport.mails.clear();
  REQUIRE(sender.change().replace(sender.key(), 0, carl, envelope).has_value());
  scene.world.deliver();
  for (const auto& [to, mail] : scene.world.transport.mails) {
    CHECK(mail.find(scene.id_at(1).text() + "#") == std::string::npos);
    CHECK(mail.find("Password:") == std::string::npos);
  }
  CHECK(scene.envelope_error(scene.bert, sent.recipients.at(0).transfer_id) == ErrorCode::denied);
  CHECK(scene.open(scene.carl, scene.id_at(1)).has_value());
  CHECK(scene.count_of(KeyslotUse::quick) == 1);

  const auto reset = scene.world.database->write([&](Transaction& tx) {
    return reset_quick(tx, scene.anna.address, scene.world.clock.now());
  });
  REQUIRE(reset.has_value());
  const std::optional<NewLink> late = scene.new_envelope(scene.bert);
  CHECK(error_of(sender.change().replace(sender.key(), 1, "bert@example.com", late)).code ==
        ErrorCode::invalid);
}

TEST_CASE("QUICK: where some open by a password, whoever comes instead does") {
  QuickScene scene;
  const StartedTransfer sent = scene.started(scene.mixed());
  QuickChange sender{scene, sent.tracking_id};
  const std::optional<NewLink> envelope = scene.new_envelope(scene.carl);
  CHECK(error_of(sender.change().replace(sender.key(), 0, "dora@example.com", envelope)).code ==
        ErrorCode::invalid);
  REQUIRE(sender.change().replace(sender.key(), 0, "dora@example.com", {}).has_value());
  CHECK(scene.count_of(KeyslotUse::quick) == 0);
  const TransferId id = scene.id_at(2);
  CHECK(scene.way_in(id) == OpenBy::password);
  CHECK(open_by_password(scene.world, id, quick_password).has_value());
}

TEST_CASE("QUICK: nobody comes into a transfer whose rule forbids it") {
  for (const char* kind : {"quick", "mixed", "inviting"}) {
    CAPTURE(kind);
    const std::string what = kind;
    QuickScene scene;
    scene.allow("dora@example.net", "quick=never");
    StartRequest request = what == "quick"   ? scene.by_quick({&scene.bert})
                           : what == "mixed" ? scene.mixed()
                                             : scene.inviting();
    const StartedTransfer sent = scene.started(std::move(request));
    QuickChange sender{scene, sent.tracking_id};
    std::optional<NewLink> envelope;
    if (what == "quick") envelope = scene.new_envelope(scene.carl);
    const Result<> done = sender.change().replace(sender.key(), 0, "dora@example.net", envelope);
    CHECK(error_of(done).detail == "quick_not_allowed");
  }
}
