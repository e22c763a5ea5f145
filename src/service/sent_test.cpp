// What a sender sees of its transfers, and what it changes in them.
#include <doctest/doctest.h>

#include <functional>
#include <set>
#include <utility>

#include "service/change_sent.h"
#include "service/expire_round.h"
#include "service/outbox_round.h"
#include "service/retrieve.h"
#include "service/test_world.h"

using namespace couvert;
using namespace std::chrono_literals;

namespace {

const std::string password = "xK9#vQ2mLp";

// Anna's transfer to bert and carla with two files.
struct SentScene {
  TestWorld world;
  TestDraft draft;
  StartedTransfer transfer;
  std::optional<Secret<32>> held;
  std::optional<Secret<32>> none;

  explicit SentScene(OpenBy open_by = OpenBy::password) : draft{begin_draft(world)} {
    world.allow("*@example.org", "*@example.com");
    const std::uint32_t first = upload_file(world, draft, "a.txt", "abc");
    const std::uint32_t second = upload_file(world, draft, "b.txt", "defgh");
    StartRequest request = good_request(world, {{first, 3}, {second, 5}});
    request.recipients.push_back({"carla@example.com", RecipientKind::cc, {}, {}});
    request.open_by = open_by;
    if (open_by == OpenBy::link) {
      request.password.reset();
      for (StartRecipient& recipient : request.recipients) {
        recipient.slot_id = SlotId::make(world.random);
        recipient.secret = world.random.secret<32>();
      }
    }
    Result<StartedTransfer> done = Start(*world.parts).start(draft.key(), std::move(request));
    REQUIRE(done.has_value());
    transfer = std::move(*done);
    held = draft.secret.clone();
    world.deliver();
    world.transport.mails.clear();
  }

  SentKey key() const { return {draft.caller, transfer.tracking_id, held}; }
  SentKey key_without_secret() const { return {draft.caller, transfer.tracking_id, none}; }
  std::optional<NewLink> new_link() {
    return NewLink{SlotId::make(world.random), world.random.secret<32>()};
  }
  TransferId id(std::size_t at) const { return transfer.recipients.at(at).transfer_id; }
  ChangeSent change() { return ChangeSent(*world.parts); }

  SentTransfer look() {
    Result<SentTransfer> sent = Sent(*world.parts).find(draft.caller, transfer.tracking_id);
    REQUIRE(sent.has_value());
    return std::move(*sent);
  }
  Recipient recipient(std::size_t at) { return look().recipients.at(at).recipient; }
  ErrorCode opening_error(const TransferId& transfer_id) {
    return open_by_password(world, transfer_id, password).error().code;
  }
};

// A mail server during whose first mail something happens.
class EventfulTransport final : public MailTransport {
 public:
  Result<> send(const Envelope& envelope, Bytes, Duration) override {
    to.push_back(envelope.to.text);
    if (meanwhile) std::exchange(meanwhile, nullptr)();
    return Result<>();
  }

  std::function<void()> meanwhile;
  std::vector<std::string> to;
};

// The transfer ID in the link of the latest mail to an address.
TransferId mailed_id(const TestWorld& world, const std::string& address) {
  for (auto mail = world.transport.mails.rbegin(); mail != world.transport.mails.rend(); ++mail) {
    if (mail->first.to.text != address) continue;
    const std::size_t at = mail->second.find("/r/");
    REQUIRE(at != std::string::npos);
    const Result<TransferId> id = TransferId::parse(mail->second.substr(at + 3, 26));
    REQUIRE(id.has_value());
    return *id;
  }
  FAIL("no mail to " << address);
  return {};
}

}  // namespace

TEST_CASE("the sender sees who opened, viewed and downloaded what, and when") {
  SentScene scene;
  TestWorld& world = scene.world;
  SentTransfer sent = scene.look();
  CHECK(sent.transfer.state == TransferState::sealed);
  CHECK(sent.files.count == 2);
  CHECK(sent.files.bytes == 8);
  REQUIRE(sent.recipients.size() == 2);
  CHECK(sent.recipients[0].recipient.mail == MailState::handed_over);
  CHECK(sent.recipients[0].recipient.mail_settled == world.clock.now());
  CHECK_FALSE(sent.recipients[0].recipient.opened);

  world.clock.advance(1min);
  const Result<Retrieval> opened = open_by_password(world, scene.id(0), password);
  REQUIRE(opened.has_value());
  CHECK(scene.recipient(0).opened == world.clock.now());
  const RetrievalKey key{opened->retrieval_id, *opened->token};
  const std::uint32_t no = opened->content.files.at(1).no;
  const Result<std::unique_ptr<Download>> file = Retrieve(*world.parts).file(key, no);
  REQUIRE(file.has_value());
  CHECK(read_all(**file) == "defgh");
  (*file)->delivered();
  sent = scene.look();
  CHECK(sent.recipients[0].downloaded == 1);
  CHECK(sent.recipients[0].viewed == 0);
  CHECK(sent.recipients[1].downloaded == 0);
  const auto had = Sent(*world.parts).fetched(scene.draft.caller, scene.transfer.tracking_id, 0);
  REQUIRE(had.has_value());
  CHECK(*had == std::vector<Fetched>{{no, std::nullopt, world.clock.now()}});
  CHECK(
      Sent(*world.parts).fetched(scene.draft.caller, scene.transfer.tracking_id, 2).error().code ==
      ErrorCode::denied);
}

TEST_CASE("names and subject are told to who brings the sender's secret, sizes to the sender") {
  SentScene scene;
  Sent sent(*scene.world.parts);
  const Caller& anna = scene.draft.caller;
  const TrackingId& id = scene.transfer.tracking_id;
  const Result<SentFiles> sizes = sent.files(anna, id, std::nullopt);
  REQUIRE(sizes.has_value());
  REQUIRE(sizes->files.size() == 2);
  CHECK(sizes->files[1].size == 5);
  CHECK_FALSE(sizes->files[1].name);
  CHECK_FALSE(sizes->subject);
  const Result<SentFiles> names = sent.files(anna, id, scene.held);
  REQUIRE(names.has_value());
  CHECK(names->files.at(1).name == "b.txt");
  CHECK(names->files.at(1).no == sizes->files[1].no);
  CHECK(names->subject == "Röntgenbild 🦷");
  CHECK(sent.files(anna, id, scene.world.random.secret<32>()).error().detail == "wrong_secret");
  // What has ended has sizes, and no names any more.
  scene.world.clock.advance(6 * 24h);
  sweep(*scene.world.parts);
  const Result<SentFiles> over = sent.files(anna, id, scene.held);
  REQUIRE(over.has_value());
  CHECK(over->files.size() == 2);
  CHECK_FALSE(over->files[0].name);
}

TEST_CASE("somebody else's transfer looks like none") {
  SentScene scene;
  TestWorld& world = scene.world;
  const Caller dora = world.verified("dora@example.org");
  const TrackingId& id = scene.transfer.tracking_id;
  const std::optional<Secret<32>>& held = scene.held;
  CHECK(Sent(*world.parts).find(dora, id).error().code == ErrorCode::denied);
  CHECK(Sent(*world.parts).files(dora, id, held).error().code == ErrorCode::denied);
  CHECK(Sent(*world.parts).fetched(dora, id, 0).error().code == ErrorCode::denied);
  ChangeSent change(*world.parts);
  const SentKey key{dora, id, held};
  CHECK(change.revoke(dora, id).error().code == ErrorCode::denied);
  CHECK(change.revoke_recipient(key, 0).error().code == ErrorCode::denied);
  CHECK(change.replace(key, 0, "eve@example.com", {}).error().code == ErrorCode::denied);
  CHECK(change.send_again(key, 0, {}).error().code == ErrorCode::denied);
  CHECK(change.change_end(key, world.clock.now() + 24h).error().code == ErrorCode::denied);
  const auto proofs = Verify(*world.parts).list(scene.draft.caller);
  REQUIRE(proofs->size() == 1);
  Sent sent(*world.parts);
  CHECK(sent.list(dora, proofs->front().verification_id, {}).error().code == ErrorCode::denied);
}

TEST_CASE("the list has what an address has sent, with what stands out, page by page") {
  SentScene scene;
  TestWorld& world = scene.world;
  const auto proofs = Verify(*world.parts).list(scene.draft.caller);
  const VerificationId proof = proofs->front().verification_id;
  Sent sent(*world.parts);
  CHECK(scene.change().revoke_recipient(scene.key(), 1).has_value());
  const Result<SentPage> page = sent.list(scene.draft.caller, proof, {});
  REQUIRE(page.has_value());
  CHECK(page->from.text == "anna@example.org");
  CHECK_FALSE(page->more);
  REQUIRE(page->transfers.size() == 1);
  CHECK(page->transfers[0].counts.all == 1);
  CHECK(page->transfers[0].first.at(0).address.text == "bert@example.com");
  CHECK(page->transfers[0].files.count == 2);
  const Result<SentPage> rest = sent.list(scene.draft.caller, proof, {scene.transfer.tracking_id});
  REQUIRE(rest.has_value());
  CHECK(rest->transfers.empty());
  CHECK(sent.list(scene.draft.caller, proof, {TrackingId::make(world.random)}).error().code ==
        ErrorCode::denied);
}

TEST_CASE("a revoked transfer stays revoked in the list when it is erased") {
  SentScene scene;
  CHECK(scene.change().revoke(scene.draft.caller, scene.transfer.tracking_id).has_value());
  CHECK(scene.look().transfer.state == TransferState::revoked);
  sweep(*scene.world.parts);
  CHECK(scene.look().transfer.state == TransferState::revoked);
  CHECK(scene.change().revoke(scene.draft.caller, scene.transfer.tracking_id).has_value());
  CHECK(scene.change().revoke_recipient(scene.key(), 0).error().detail == "ended");
  CHECK(scene.change().send_again(scene.key(), 0, {}).error().detail == "ended");
  CHECK(scene.change().change_end(scene.key(), scene.world.clock.now() + 24h).error().detail ==
        "ended");
}

TEST_CASE("taken back from one recipient, a transfer is open to the others") {
  SentScene scene;
  TestWorld& world = scene.world;
  const Result<Retrieval> opened = open_by_password(world, scene.id(0), password);
  REQUIRE(opened.has_value());
  const RetrievalKey session{opened->retrieval_id, *opened->token};
  const std::uint32_t no = opened->content.files.at(0).no;
  const Result<std::unique_ptr<Download>> running = Retrieve(*world.parts).file(session, no);
  REQUIRE(running.has_value());
  CHECK(scene.change().revoke_recipient(scene.key(), 0).has_value());
  CHECK(scene.opening_error(scene.id(0)) == ErrorCode::denied);
  CHECK(Retrieve(*world.parts).look(session).error().code == ErrorCode::denied);
  world.clock.advance(2s);
  CHECK((*running)->read(0, 3).error().code == ErrorCode::denied);
  CHECK(scene.recipient(0).revoked.has_value());
  CHECK(open_by_password(world, scene.id(1), password).has_value());
  // Again changes nothing; a mail to who was taken back is refused.
  CHECK(scene.change().revoke_recipient(scene.key(), 0).has_value());
  CHECK(scene.change().send_again(scene.key(), 0, {}).error().detail == "revoked");
  CHECK(scene.change().revoke_recipient(scene.key(), 7).error().code == ErrorCode::denied);
}

TEST_CASE("a mistyped address is replaced: the old link is dead, the new one opens") {
  SentScene scene;
  TestWorld& world = scene.world;
  CHECK(scene.change().replace(scene.key_without_secret(), 0, "Berta@Example.com", {}).has_value());
  world.deliver();
  const TransferId fresh = mailed_id(world, "berta@example.com");
  CHECK(open_by_password(world, fresh, password).has_value());
  CHECK(scene.opening_error(scene.id(0)) == ErrorCode::denied);
  const SentTransfer sent = scene.look();
  REQUIRE(sent.recipients.size() == 3);
  CHECK(sent.recipients[0].recipient.revoked.has_value());
  CHECK(sent.recipients[2].recipient.address.text == "berta@example.com");
  CHECK(sent.recipients[2].recipient.opened.has_value());
  CHECK(sent.recipients[2].recipient.mail == MailState::handed_over);
  CHECK(open_by_password(world, scene.id(1), password).has_value());
}

TEST_CASE("the policy decides on who replaces a recipient, too") {
  SentScene scene;
  const auto error = [&](const std::string& address) {
    return scene.change().replace(scene.key(), 0, address, {}).error();
  };
  CHECK(error("bert@example.net").detail == "no_rule bert@example.net");
  CHECK(error("bert@example.net").code == ErrorCode::refused);
  CHECK(error("no address").detail.starts_with("invalid_address"));
  CHECK(error("carla@example.com").detail == "already_recipient");
  scene.world.deliver();
  CHECK(scene.world.transport.mails.empty());
  CHECK(open_by_password(scene.world, scene.id(0), password).has_value());
}

TEST_CASE("a transfer that opens by link gets new links, by the secret of its sender") {
  SentScene scene(OpenBy::link);
  TestWorld& world = scene.world;
  Retrieve retrieve(*world.parts);
  const std::string& link = scene.transfer.recipients.at(0).link;
  const std::string old = link.substr(link.find('#') + 1);
  REQUIRE(retrieve.open_link(scene.id(0), old).has_value());
  ChangeSent change = scene.change();
  const std::optional<NewLink> again = scene.new_link();
  CHECK(change.send_again(scene.key_without_secret(), 0, again).error().code == ErrorCode::invalid);
  CHECK(change.send_again(scene.key(), 0, std::nullopt).error().code == ErrorCode::invalid);
  CHECK(change.send_again(scene.key(), 0, again).has_value());
  CHECK(retrieve.open_link(scene.id(0), old).error().detail == "wrong_password");
  CHECK(retrieve.open_link(scene.id(0), link_fragment(Mode::server, again->secret)).has_value());

  const std::optional<NewLink> other = scene.new_link();
  CHECK(change.replace(scene.key(), 0, "berta@example.com", other).has_value());
  world.deliver();
  const TransferId fresh = mailed_id(world, "berta@example.com");
  CHECK(retrieve.open_link(fresh, link_fragment(Mode::server, other->secret)).has_value());
  CHECK(retrieve.open_link(scene.id(0), link_fragment(Mode::server, again->secret)).error().code ==
        ErrorCode::denied);
}

TEST_CASE("a mail goes again under the same transfer ID, some times a day") {
  SentScene scene;
  TestWorld& world = scene.world;
  world.transport.answer = Error(ErrorCode::refused, "550 no such mailbox");
  CHECK(scene.change().send_again(scene.key(), 0, {}).has_value());
  CHECK(scene.recipient(0).mail == MailState::waiting);
  CHECK_FALSE(scene.recipient(0).mail_settled);
  world.deliver();
  CHECK(scene.recipient(0).mail == MailState::failed);
  CHECK(scene.recipient(0).mail_answer == "550 no such mailbox");
  world.transport.answer.reset();
  CHECK(scene.change().send_again(scene.key(), 0, {}).has_value());
  world.deliver();
  CHECK(mailed_id(world, "bert@example.com") == scene.id(0));
  CHECK(scene.recipient(0).mail == MailState::handed_over);
  CHECK(scene.recipient(0).mail_answer.empty());
  for (int i = 2; i < limits::mails_again_per_day_max; ++i) {
    CHECK(scene.change().send_again(scene.key(), 0, {}).has_value());
  }
  CHECK(scene.change().send_again(scene.key(), 0, {}).error().code == ErrorCode::throttled);
  CHECK(scene.change().send_again(scene.key(), 1, {}).has_value());
  world.clock.advance(24h);
  CHECK(scene.change().send_again(scene.key(), 0, {}).has_value());
}

TEST_CASE("two wishes for a mail that still waits make one mail") {
  SentScene scene;
  CHECK(scene.change().send_again(scene.key(), 0, {}).has_value());
  CHECK(scene.change().send_again(scene.key(), 0, {}).has_value());
  scene.world.deliver();
  CHECK(scene.world.transport.mails.size() == 1);
}

TEST_CASE("the end can be changed within the policy, and everything opens until then") {
  SentScene scene;
  TestWorld& world = scene.world;
  const Instant start = scene.transfer.created;
  const Result<Retrieval> before = open_by_password(world, scene.id(0), password);
  REQUIRE(before.has_value());
  const Instant latest = latest_end(start, world.settings.allowance);
  CHECK(scene.look().expires_max == latest);
  CHECK(scene.change().change_end(scene.key(), latest + 1s).error().detail == "life");
  CHECK(scene.change().change_end(scene.key(), world.clock.now() + 1min).error().detail == "life");
  REQUIRE(scene.change().change_end(scene.key(), latest).has_value());
  CHECK(scene.look().transfer.end == latest);
  // Sessions and names open under the new day's key.
  const RetrievalKey session{before->retrieval_id, *before->token};
  CHECK(Retrieve(*world.parts).look(session).has_value());
  CHECK(Sent(*world.parts)
            .files(scene.draft.caller, scene.transfer.tracking_id, scene.held)
            .has_value());
  world.clock.advance(6 * 24h);
  sweep(*world.parts);
  CHECK(open_by_password(world, scene.id(0), password).has_value());
  // Sooner, too; then it is over, and cannot be brought back.
  REQUIRE(scene.change().change_end(scene.key(), world.clock.now() + 2min).has_value());
  CHECK(open_by_password(world, scene.id(0), password).has_value());
  world.clock.advance(2min);
  CHECK(scene.opening_error(scene.id(0)) == ErrorCode::denied);
  CHECK(scene.change().change_end(scene.key(), latest).error().detail == "ended");
  CHECK(scene.look().transfer.state == TransferState::expired);
}

TEST_CASE("a mail that waits tells the end that its transfer has when it goes out") {
  SentScene scene;
  const auto told = [&] {
    scene.world.deliver();
    const std::string& mail = scene.world.transport.mails.back().second;
    const std::size_t at = mail.find("Available until");
    REQUIRE(at != std::string::npos);
    return mail.substr(at, 40);
  };
  REQUIRE(scene.change().send_again(scene.key(), 0, {}).has_value());
  const std::string before = told();
  REQUIRE(scene.change().send_again(scene.key(), 0, {}).has_value());
  REQUIRE(scene.change().change_end(scene.key(), scene.look().expires_max).has_value());
  const std::string waited = told();
  REQUIRE(scene.change().send_again(scene.key(), 0, {}).has_value());
  CHECK(waited == told());
  CHECK(waited != before);
}

TEST_CASE("a round of mails that has begun leaves out whom the transfer was taken back from") {
  SentScene scene;
  REQUIRE(scene.change().send_again(scene.key(), 0, {}).has_value());
  REQUIRE(scene.change().send_again(scene.key(), 1, {}).has_value());
  EventfulTransport transport;
  transport.meanwhile = [&] {
    const int other = transport.to.front() == "bert@example.com" ? 1 : 0;
    CHECK(scene.change().revoke_recipient(scene.key(), other).has_value());
  };
  REQUIRE(deliver_due(*scene.world.parts, transport).has_value());
  CHECK(transport.to.size() == 1);
}

TEST_CASE("the sender hears that the mails were taken, also where one was replaced before") {
  TestWorld world;
  world.allow("*", "*");
  const TestDraft draft = begin_draft(world);
  StartRequest request = good_request(world, {});
  request.notify_delivery = true;
  const Result<StartedTransfer> started =
      Start(*world.parts).start(draft.key(), std::move(request));
  REQUIRE(started.has_value());
  const std::optional<Secret<32>> none;
  const SentKey key{draft.caller, started->tracking_id, none};
  REQUIRE(ChangeSent(*world.parts).replace(key, 0, "berta@example.com", {}).has_value());
  world.transport.mails.clear();
  world.deliver();
  REQUIRE(world.transport.mails.size() == 2);
  CHECK(world.transport.mails[0].first.to.text == "berta@example.com");
  CHECK(world.transport.mails[1].first.to.text == "anna@example.org");
  CHECK(world.transport.mails[1].second.find("bert@example.com") == std::string::npos);
}

TEST_CASE("Start repeated after a change gives the transfer, not an error") {
  TestWorld world;
  world.allow("*", "*");
  const TestDraft draft = begin_draft(world);
  StartRequest request = good_request(world, {});
  StartRequest again = good_request(world, {});
  again.slot_id = request.slot_id;
  Start start(*world.parts);
  const Result<StartedTransfer> first = start.start(draft.key(), std::move(request));
  REQUIRE(first.has_value());
  const std::optional<Secret<32>> none;
  const SentKey key{draft.caller, first->tracking_id, none};
  REQUIRE(ChangeSent(*world.parts).replace(key, 0, "berta@example.com", {}).has_value());
  const Result<StartedTransfer> second = start.start(draft.key(), std::move(again));
  REQUIRE(second.has_value());
  CHECK(second->tracking_id == first->tracking_id);
}

TEST_CASE("whoever was told of a transfer hears that it was taken back, and its sender, too") {
  SentScene scene;
  const auto told = [&] {
    scene.world.transport.mails.clear();
    scene.world.deliver();
    std::multiset<std::string> to;
    for (const auto& [envelope, message] : scene.world.transport.mails) to.insert(envelope.to.text);
    return to;
  };
  using Addresses = std::multiset<std::string>;
  REQUIRE(scene.change().replace(scene.key(), 0, "bea@example.com", {}).has_value());
  CHECK(told() == Addresses{"bert@example.com", "bea@example.com"});
  REQUIRE(scene.change().revoke_recipient(scene.key(), 1).has_value());
  CHECK(told() == Addresses{"carla@example.com", "anna@example.org"});
  REQUIRE(scene.change().revoke_recipient(scene.key(), 1).has_value());
  CHECK(told().empty());
  REQUIRE(scene.change().revoke(scene.draft.caller, scene.transfer.tracking_id).has_value());
  CHECK(told() == Addresses{"bea@example.com", "anna@example.org"});
  REQUIRE(scene.change().revoke(scene.draft.caller, scene.transfer.tracking_id).has_value());
  CHECK(told().empty());
}

TEST_CASE("nobody hears of the end of a transfer of which nobody was told") {
  SentScene scene;
  scene.world.transport.answer = Error(ErrorCode::unavailable, "away");
  REQUIRE(scene.change().replace(scene.key(), 0, "bea@example.com", {}).has_value());
  scene.world.deliver();
  scene.world.transport.answer.reset();
  REQUIRE(scene.change().revoke_recipient(scene.key(), 2).has_value());
  scene.world.clock.advance(1h);
  scene.world.deliver();
  for (const auto& [envelope, message] : scene.world.transport.mails) {
    CHECK(envelope.to.text != "bea@example.com");
  }
}

TEST_CASE("the sender hears of the end who fetched what") {
  SentScene scene;
  TestWorld& world = scene.world;
  const Result<Retrieval> opened = open_by_password(world, scene.id(0), password);
  REQUIRE(opened.has_value());
  world.clock.advance(20 * 24h);
  sweep(*world.parts);
  sweep(*world.parts);
  world.deliver();
  REQUIRE(world.transport.mails.size() == 1);
  CHECK(world.transport.mails[0].first.to.text == "anna@example.org");
  const std::string& mail = world.transport.mails[0].second;
  INFO(mail);
  CHECK(mail.find("bert@example.com: opened, nothing downloaded") != std::string::npos);
  CHECK(mail.find("carla@example.com: not opened") != std::string::npos);

  SentScene revoked;
  REQUIRE(revoked.change().revoke(revoked.draft.caller, revoked.transfer.tracking_id).has_value());
  revoked.world.deliver();
  revoked.world.transport.mails.clear();
  revoked.world.clock.advance(20 * 24h);
  sweep(*revoked.world.parts);
  revoked.world.deliver();
  CHECK(revoked.world.transport.mails.empty());
}
