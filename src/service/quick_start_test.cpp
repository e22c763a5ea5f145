// Transfers that open by QUICK: what Start takes, who gets which envelope, and until when.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <functional>
#include <utility>

#include "service/change_sent.h"
#include "service/expire_round.h"
#include "service/notice.h"
#include "service/quick_mails.h"
#include "service/received.h"
#include "service/test_quick_scene.h"
#include "store/rule_table.h"
#include "store/transfer_table.h"

using namespace couvert;
using namespace std::chrono_literals;

namespace {

// All that lies on the disk.
std::string bytes_of_folder(const std::filesystem::path& folder) {
  std::string all;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (!entry.is_regular_file()) continue;
    std::ifstream file(entry.path(), std::ios::binary);
    all.append(std::istreambuf_iterator<char>(file), {});
  }
  return all;
}

bool has_secret(const std::string& all, const Secret<32>& secret) {
  std::array<std::byte, 32> raw{};
  copy_secret(secret, std::span(raw));
  return all.find(as_text(raw)) != std::string::npos ||
         all.find(secret_to_base64url(secret)) != std::string::npos ||
         all.find(secret_to_hex(secret)) != std::string::npos;
}

}  // namespace

TEST_CASE("QUICK: a transfer is opened by what lies in the envelope, and by nothing else") {
  QuickScene scene;
  const StartedTransfer sent = scene.started(scene.by_quick({&scene.bert}));
  const TransferId id = sent.recipients.at(0).transfer_id;
  CHECK(sent.recipients[0].link == scene.world.settings.base_url + "/r/" + id.text());
  CHECK(scene.way_in(id) == OpenBy::quick);

  const Result<FoundEnvelope> found = scene.relay.envelope(scene.bert.proof, id);
  REQUIRE(found.has_value());
  CHECK(found->scope == SealScope{Mode::server, scene.seal});
  CHECK(found->sender == scene.anna.address);
  CHECK(found->recipient == scene.bert.address);
  CHECK_FALSE(scene.recipient_at(0).opened.has_value());  // asking is not opening
  const Result<Secret<32>> secret = scene.opened_by(scene.bert, *found);
  REQUIRE(secret.has_value());
  CHECK_FALSE(scene.opened_by(scene.carl, *found).has_value());

  Retrieve retrieve(*scene.world.parts);
  const std::string other = secret_to_base64url(scene.world.random.secret<32>());
  CHECK(error_of(retrieve.open_link(id, other)).detail == "wrong_password");
  CHECK(error_of(retrieve.try_password(id, {{}, "127.0.0.1"})).detail == "wrong_password");
  CHECK(error_of(retrieve.mail_code(id, {{}, "127.0.0.1"}, Language::en)).code ==
        ErrorCode::conflict);
  const auto opened = retrieve.open_link(id, secret_to_base64url(*secret));
  REQUIRE(opened.has_value());
  CHECK(opened->content.subject == "Röntgenbild 🦷");
  CHECK(scene.recipient_at(0).opened.has_value());
  CHECK(retrieve.open_link(id, link_fragment(Mode::server, *secret)).has_value());
}

TEST_CASE("QUICK: an envelope is given to the clients of its person, and to nobody else") {
  QuickScene scene;
  const StartedTransfer sent = scene.started(scene.by_quick({&scene.bert, &scene.carl}));
  const TransferId for_bert = sent.recipients.at(0).transfer_id;
  const TransferId for_carl = sent.recipients.at(1).transfer_id;
  CHECK(scene.open(scene.bert, for_bert).has_value());
  CHECK(scene.open(scene.carl, for_carl).has_value());
  CHECK(error_of(scene.relay.envelope(scene.bert.proof, for_carl)).detail == "no_envelope");
  CHECK(error_of(scene.relay.envelope(scene.anna.proof, for_bert)).detail == "no_envelope");
  CHECK(scene.envelope_error(scene.bert, TransferId::make(scene.world.random)) ==
        ErrorCode::denied);

  DeviceProof proof = scene.bert.proof;
  proof.token_hash[0] ^= std::byte{1};
  CHECK(error_of(scene.relay.envelope(proof, for_bert)).code == ErrorCode::unproven);
  QuickPeople people(*scene.world.parts);
  REQUIRE(people.revoke(scene.bert.proof, scene.bert.proof.device).has_value());
  CHECK(scene.envelope_error(scene.bert, for_bert) == ErrorCode::unproven);
}

TEST_CASE("QUICK: an envelope ends with its transfer") {
  QuickScene scene;
  const StartedTransfer sent = scene.started(scene.by_quick({&scene.bert, &scene.carl}));
  const TransferId for_bert = sent.recipients.at(0).transfer_id;
  QuickChange sender{scene, sent.tracking_id};
  REQUIRE(sender.change().revoke_recipient(sender.key(), 0).has_value());
  CHECK(scene.envelope_error(scene.bert, for_bert) == ErrorCode::denied);
  CHECK(scene.count_of(KeyslotUse::quick) == 1);

  const TransferId for_carl = sent.recipients.at(1).transfer_id;
  CHECK(scene.relay.envelope(scene.carl.proof, for_carl).has_value());
  scene.world.clock.advance(24h * 5);
  CHECK(scene.envelope_error(scene.carl, for_carl) == ErrorCode::denied);
  REQUIRE(sweep(*scene.world.parts));
  CHECK(scene.keyslots().empty());
}

TEST_CASE("QUICK: who is not connected opens the same transfer by its password") {
  QuickScene scene;
  const StartedTransfer sent = scene.started(scene.mixed());
  const TransferId for_bert = sent.recipients.at(0).transfer_id;
  const TransferId for_carl = sent.recipients.at(1).transfer_id;
  CHECK(scene.count_of(KeyslotUse::quick) == 1);
  CHECK(scene.count_of(KeyslotUse::password) == 1);
  CHECK(scene.way_in(for_bert) == OpenBy::quick);
  CHECK(scene.way_in(for_carl) == OpenBy::password);
  CHECK(scene.open(scene.bert, for_bert).has_value());
  CHECK(open_by_password(scene.world, for_carl, quick_password).has_value());
  CHECK(error_of(open_by_password(scene.world, for_bert, quick_password)).detail ==
        "wrong_password");
  CHECK(error_of(scene.relay.envelope(scene.carl.proof, for_carl)).detail == "no_envelope");

  for (const auto& [side, open_by] :
       {std::pair(&scene.bert, OpenBy::quick), {&scene.carl, OpenBy::password}}) {
    const auto proofs = Verify(*scene.world.parts).list(side->caller);
    const auto page =
        Received(*scene.world.parts).list(side->caller, proofs->at(0).verification_id, {});
    REQUIRE(page.has_value());
    CHECK(page->transfers.at(0).open_by == open_by);
    CHECK(page->transfers.at(0).transfer_id.has_value());
  }
}

TEST_CASE("QUICK: a mail to who is connected has no secret in its link and asks for no password") {
  QuickScene scene;
  const StartedTransfer sent = scene.started(scene.mixed());
  scene.world.transport.mails.clear();
  scene.world.deliver();
  const auto mail_to = [&](const QuickSide& side) {
    for (const auto& [envelope, bytes] : scene.world.transport.mails) {
      if (envelope.to == side.address && bytes.find("/r/") != std::string::npos) return bytes;
    }
    return std::string();
  };
  const std::string for_bert = mail_to(scene.bert);
  const std::string for_carl = mail_to(scene.carl);
  REQUIRE(for_bert.find("/r/" + sent.recipients.at(0).transfer_id.text()) != std::string::npos);
  CHECK(for_bert.find(sent.recipients.at(0).transfer_id.text() + "#") == std::string::npos);
  CHECK_FALSE(has_secret(for_bert, scene.secrets.at(scene.bert.address.text)));
  CHECK(for_bert.find("Password:") == std::string::npos);
  CHECK(for_carl.find("Password:") != std::string::npos);

  Retrieve retrieve(*scene.world.parts);
  scene.world.transport.mails.clear();
  REQUIRE(retrieve.ask_sender(sent.recipients.at(0).transfer_id, {{}, "127.0.0.1"}).has_value());
  scene.world.deliver();
  REQUIRE(scene.world.transport.mails.size() == 1);
  CHECK(scene.world.transport.mails[0].first.to == scene.anna.address);
}

TEST_CASE("QUICK: Start again gives the same links, and another request is told from it") {
  QuickScene scene;
  StartRequest request = scene.mixed();
  request.invitation = ManifestQuick{scene.anna.person.public_key, Secret<32>()};
  const auto again = [&] {
    StartRequest copy = good_request(scene.world, {});
    copy.slot_id = request.slot_id;
    copy.recipients.clear();
    for (const StartRecipient& one : request.recipients) {
      copy.recipients.push_back({one.address, one.kind, one.slot_id, {}, one.envelope});
      if (one.secret) copy.recipients.back().secret = one.secret->clone();
    }
    copy.invitation = ManifestQuick{scene.anna.person.public_key, Secret<32>()};
    return copy;
  };
  const StartedTransfer first = scene.started(again());
  const StartedTransfer second = scene.started(again());
  CHECK(second.repeated);
  for (std::size_t i : {0, 1}) CHECK(second.recipients[i].link == first.recipients[i].link);

  StartRequest other = again();
  other.invitation.reset();
  CHECK(error_of(scene.start(std::move(other))).detail == "started_differently");
  StartRequest secret = again();
  secret.invitation->secret = scene.world.random.secret<32>();
  CHECK(error_of(scene.start(std::move(secret))).detail == "started_differently");
  StartRequest way = again();
  way.recipients[0] = {scene.bert.address.text, RecipientKind::to, {}, {}};
  CHECK(error_of(scene.start(std::move(way))).detail == "started_differently");
}

TEST_CASE("QUICK: Start takes one way in for everybody, or nothing") {
  QuickScene scene;
  const auto refused = [&](StartRequest request) {
    const Error error = error_of(scene.start(std::move(request)));
    CAPTURE(error.detail);
    CHECK(error.code == ErrorCode::invalid);
  };
  const std::vector<std::function<void(StartRequest&)>> spoilt = {
      [](StartRequest& request) { request.recipients[0].envelope.reset(); },
      [](StartRequest& request) { request.recipients[0].slot_id.reset(); },
      [](StartRequest& request) { request.recipients[0].secret.reset(); },
      [](StartRequest& request) { request.recipients[0].slot_id = request.slot_id; },
      [](StartRequest& request) { request.open_by = OpenBy::link; },
      [](StartRequest& request) {
        request.recipients[0] = {"bert@example.com", RecipientKind::to, {}, {}};
      },
  };
  for (const auto& spoil : spoilt) {
    StartRequest request = scene.by_quick({&scene.bert});
    spoil(request);
    refused(std::move(request));
  }
  StartRequest twice = scene.by_quick({&scene.bert, &scene.carl});
  twice.recipients[1].slot_id = twice.recipients[0].slot_id;
  refused(std::move(twice));
  StartRequest stray = good_request(scene.world, {});
  stray.recipients[0].slot_id = SlotId::make(scene.world.random);
  stray.recipients[0].secret = scene.world.random.secret<32>();
  refused(std::move(stray));
  StartRequest unneeded = scene.mixed();
  unneeded.recipients.pop_back();
  refused(std::move(unneeded));
  StartRequest bare = scene.by_quick({&scene.bert});
  bare.invitation = ManifestQuick{scene.anna.person.public_key, Secret<32>()};
  refused(std::move(bare));
  StartRequest foreign = scene.inviting();
  foreign.invitation->key = scene.bert.person.public_key;
  refused(std::move(foreign));
}

TEST_CASE("QUICK: only who has activated it sends by it or invites") {
  QuickScene scene;
  StartRequest by_quick = scene.by_quick({&scene.bert});
  StartRequest inviting = scene.inviting();
  const auto reset = scene.world.database->write([&](Transaction& tx) {
    return reset_quick(tx, scene.anna.address, scene.world.clock.now());
  });
  REQUIRE(reset.has_value());
  CHECK(error_of(scene.start(std::move(by_quick))).code == ErrorCode::invalid);
  CHECK(error_of(scene.start(std::move(inviting))).code == ErrorCode::invalid);
  CHECK(scene.start(good_request(scene.world, {})).has_value());
}

TEST_CASE("QUICK: a rule forbids it, and own passwords for its invitations") {
  QuickScene never("quick=never");
  CHECK(error_of(never.start(never.by_quick({&never.bert}))).detail == "quick_not_allowed");
  CHECK(error_of(never.start(never.mixed())).detail == "quick_not_allowed");
  CHECK(error_of(never.start(never.inviting())).detail == "quick_not_allowed");
  CHECK(never.start(good_request(never.world, {})).has_value());

  QuickScene off("quick=off invitation_own_passwords=no");
  CHECK(error_of(off.start(off.inviting())).detail == "invitation_password");
  StartRequest generated = off.inviting();
  generated.password_mode = PasswordMode::generated;
  CHECK(off.start(std::move(generated)).has_value());
  QuickScene plain("invitation_own_passwords=no");
  CHECK(plain.start(plain.mixed()).has_value());
}

TEST_CASE("QUICK: nothing of what opens a person, a book or a transfer lies on the server") {
  QuickScene scene;
  const StartedTransfer sent = scene.started(scene.mixed());
  CHECK(scene.open(scene.bert, sent.recipients.at(0).transfer_id).has_value());
  const std::string all = bytes_of_folder(scene.world.folder);
  REQUIRE(all.find(encode_base64url(scene.anna.person.public_key)) != std::string::npos);
  for (const QuickSide* side : {&scene.anna, &scene.bert, &scene.carl}) {
    CHECK_FALSE(has_secret(all, side->person.key));
    CHECK_FALSE(has_secret(all, side->person.book_key));
    CHECK_FALSE(has_secret(all, side->device_key));
    CHECK_FALSE(
        has_secret(all, device_token(side->device_key, side->address.text, side->proof.device)));
    CHECK_FALSE(has_secret(all, member_token(side->person.book_key, side->address.text)));
  }
  CHECK_FALSE(has_secret(all, scene.secrets.at(scene.bert.address.text)));
  // The envelope lies under the coat alone.
  const auto found = scene.relay.envelope(scene.bert.proof, sent.recipients.at(0).transfer_id);
  CHECK(all.find(encode_base64url(found->envelope)) == std::string::npos);
  CHECK(all.find(std::string(as_text(found->envelope))) == std::string::npos);
}
