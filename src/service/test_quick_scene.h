// A scene of QUICK: three people who have it, and what one of them sends.
#pragma once

#include <algorithm>
#include <functional>
#include <utility>

#include "service/change_sent.h"
#include "service/test_quick.h"
#include "store/rule_table.h"
#include "store/transfer_table.h"

namespace couvert {

inline const std::string quick_password = "xK9#vQ2mLp";

// Anna, Bert and Carl have QUICK; Anna has a draft.
struct QuickScene {
  TestWorld world;
  QuickRelay relay{*world.parts};
  QuickSide anna{world, "anna@example.org"};
  QuickSide bert{world, "bert@example.com"};
  QuickSide carl{world, "carl@example.com"};
  TestDraft draft;
  SealId seal;
  std::map<std::string, Secret<32>> secrets;  // S of each recipient, known to Anna's client

  explicit QuickScene(const std::string& settings = "") : draft(begin_draft(world)) {
    allow("*@example.com", settings);
    for (QuickSide* side : {&anna, &bert, &carl}) side->activate(world);
    seal = Drafts(*world.parts).find(draft.key())->seal_id;
  }

  void allow(const std::string& recipient, const std::string& settings) {
    const Rule rule{0,  RuleAction::allow,        "*@example.org", recipient,
                    "", *parse_settings(settings)};
    const auto added = world.database->write_value(
        [&](Transaction& tx) { return add_rule(tx, *check_rule(rule)); });
    REQUIRE(added.has_value());
  }

  // What Anna's client makes for somebody who is connected.
  StartRecipient connected(const QuickSide& to) {
    StartRecipient recipient{to.address.text, RecipientKind::to, SlotId::make(world.random),
                             world.random.secret<32>()};
    recipient.envelope = envelope(to, *recipient.slot_id, *recipient.secret);
    secrets.insert_or_assign(to.address.text, recipient.secret->clone());
    return recipient;
  }
  QuickEnvelope envelope(const QuickSide& to, const SlotId& slot, const Secret<32>& secret) {
    const QuickPlace place{{Mode::server, seal}, slot, anna.address.text, to.address.text};
    const HpkeSender keys{anna.person.key, to.person.public_key};
    return seal_envelope(place, keys, secret, world.random).value();
  }
  NewLink new_envelope(const QuickSide& to) {
    StartRecipient made = connected(to);
    return {*made.slot_id, std::move(*made.secret), *made.envelope};
  }

  StartRequest by_quick(const std::vector<QuickSide*>& to) {
    StartRequest request = good_request(world, {});
    request.open_by = OpenBy::quick;
    request.password.reset();
    request.recipients.clear();
    for (const QuickSide* side : to) request.recipients.push_back(connected(*side));
    return request;
  }
  // Bert by QUICK, Carl by the password.
  StartRequest mixed() {
    StartRequest request = good_request(world, {});
    request.recipients.clear();
    request.recipients.push_back(connected(bert));
    request.recipients.push_back({carl.address.text, RecipientKind::to, {}, {}});
    return request;
  }
  StartRequest inviting() {
    StartRequest request = good_request(world, {});
    request.invitation = ManifestQuick{anna.person.public_key, world.random.secret<32>()};
    return request;
  }

  Result<StartedTransfer> start(StartRequest request) {
    return Start(*world.parts).start(draft.key(), std::move(request));
  }
  StartedTransfer started(StartRequest request) {
    Result<StartedTransfer> done = start(std::move(request));
    REQUIRE(done.has_value());
    return std::move(*done);
  }
  // What the recipient's client makes of what the server gives it.
  Result<Secret<32>> opened_by(const QuickSide& side, const FoundEnvelope& found) {
    const QuickPlace place{found.scope, found.slot, found.sender.text, found.recipient.text};
    return open_envelope(place, {side.person.key, anna.person.public_key}, found.envelope);
  }
  Result<Retrieval> open(const QuickSide& side, const TransferId& id) {
    const Result<FoundEnvelope> found = relay.envelope(side.proof, id);
    if (!found) return pass(found);
    const Result<Secret<32>> secret = opened_by(side, *found);
    REQUIRE(secret.has_value());
    return Retrieve(*world.parts).open_link(id, secret_to_base64url(*secret));
  }
  ErrorCode envelope_error(const QuickSide& side, const TransferId& id) {
    return error_of(relay.envelope(side.proof, id)).code;
  }
  OpenBy way_in(const TransferId& id) { return Retrieve(*world.parts).find(id).value(); }
  std::vector<KeyslotRow> keyslots() {
    return world.database->read_value([&](Transaction& tx) { return keyslots_of(tx, seal); })
        .value();
  }
  std::size_t count_of(KeyslotUse use) {
    const std::vector<KeyslotRow> rows = keyslots();
    return static_cast<std::size_t>(std::ranges::count(rows, use, &KeyslotRow::use));
  }
  Recipient recipient_at(int position) {
    return world.database
        ->read_value([&](Transaction& tx) { return find_recipient_at(tx, seal, position); })
        .value()
        .value();
  }
  // The transfer ID of the recipient at a place, as the notice has it.
  TransferId id_at(std::size_t position) {
    const auto transfer =
        world.database->read_value([&](Transaction& tx) { return find_transfer(tx, seal); });
    return open_transfer_notice(*world.parts, **transfer)->recipients.at(position).transfer_id;
  }
};

// A change of what Anna has sent, by her client.
struct QuickChange {
  QuickScene& scene;
  TrackingId tracking_id;
  std::optional<Secret<32>> held = scene.draft.secret.clone();

  SentKey key() const { return {scene.draft.caller, tracking_id, held}; }
  ChangeSent change() { return ChangeSent(*scene.world.parts); }
};

}  // namespace couvert
