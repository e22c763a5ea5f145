// The way of one transfer through the use cases, and what may go wrong on it.
#include <doctest/doctest.h>

#include "service/change_sent.h"
#include "service/expire_round.h"
#include "service/test_world.h"
#include "store/draft_form_table.h"
#include "store/transfer_table.h"

using namespace couvert;
using namespace std::chrono_literals;

namespace {

// A started transfer from anna to bert with two files, one of two parts.
struct Started {
  TestWorld world;
  TestDraft draft;
  std::string large;
  StartedTransfer transfer;

  Started() : draft{begin_draft(world)} {
    world.allow("*@example.org", "*@example.com");
    for (std::size_t i = 0; i < limits::part_bytes_max + 1000; ++i) {
      large += static_cast<char>(i * 7 % 251);
    }
    const std::uint32_t first = upload_file(world, draft, "bilder/groß.bin", large);
    const std::uint32_t second = upload_file(world, draft, "leer.txt", "");
    Result<StartedTransfer> done =
        Start(*world.parts)
            .start(draft.key(), good_request(world, {{first, large.size()}, {second, 0}}));
    REQUIRE(done.has_value());
    transfer = std::move(*done);
  }

  TransferId id() const { return transfer.recipients.at(0).transfer_id; }
};

Result<bool> form_is_there(TestWorld& world, const SlotId& draft_id) {
  bool there = false;
  const Result<> read = world.database->read([&](Transaction& tx) -> Result<> {
    const auto transfer = find_draft(tx, draft_id);
    if (!transfer) return pass(transfer);
    const auto form = find_draft_form(tx, transfer->value().seal_id);
    if (!form) return pass(form);
    there = form->has_value();
    return {};
  });
  if (!read) return pass(read);
  return there;
}

}  // namespace

TEST_CASE("a transfer reaches its recipient bit for bit") {
  Started started;
  TestWorld& world = started.world;
  CHECK(started.transfer.recipients.at(0).link ==
        "https://transfer.example.org/r/" + started.id().text());
  world.deliver();
  REQUIRE(world.transport.mails.back().first.to.text == "bert@example.com");
  CHECK(world.transport.mails.back().second.find("/r/" + started.id().text()) != std::string::npos);

  const Result<Retrieval> opened = open_by_password(world, started.id(), "xK9#vQ2mLp");
  REQUIRE(opened.has_value());
  CHECK(opened->content.subject == "Röntgenbild 🦷");
  CHECK(opened->content.text == "Guten Tag,\nanbei das Bild.");
  CHECK(opened->content.transfer_id == started.id());
  REQUIRE(opened->content.files.size() == 2);
  CHECK(opened->content.files.at(0).name == "bilder/groß.bin");

  Retrieve retrieve(*world.parts);
  const RetrievalKey key{opened->retrieval_id, *opened->token};
  const Result<std::unique_ptr<Download>> file = retrieve.file(key, opened->content.files.at(0).no);
  REQUIRE(file.has_value());
  CHECK((*file)->name() == "groß.bin");
  CHECK(read_all(**file) == started.large);
  const Result<std::unique_ptr<Download>> empty =
      retrieve.file(key, opened->content.files.at(1).no);
  CHECK((*empty)->size() == 0);
  CHECK(retrieve.file(key, 99).error().code == ErrorCode::denied);
  const Result<std::unique_ptr<Download>> zip = retrieve.zip(key, {});
  CHECK(read_all(**zip).starts_with("PK\x03\x04"));
  CHECK(retrieve.finish(key).has_value());
  CHECK(retrieve.look(key).error().code == ErrorCode::denied);
}

TEST_CASE("the same Start again gives the same transfer, another one is refused") {
  TestWorld world;
  world.allow("*", "*");
  const TestDraft draft = begin_draft(world);
  StartRequest request = good_request(world, {});
  StartRequest again = good_request(world, {});
  again.slot_id = request.slot_id;
  StartRequest other = good_request(world, {});
  other.recipients.at(0).address = "carla@example.com";
  Start start(*world.parts);
  const Result<StartedTransfer> first = start.start(draft.key(), std::move(request));
  REQUIRE(first.has_value());
  CHECK_FALSE(first->repeated);
  const Result<StartedTransfer> second = start.start(draft.key(), std::move(again));
  REQUIRE(second.has_value());
  CHECK(second->repeated);
  CHECK(second->recipients.at(0).link == first->recipients.at(0).link);
  CHECK(second->tracking_id == first->tracking_id);
  CHECK(start.start(draft.key(), std::move(other)).error().detail == "started_differently");
  world.deliver();
  CHECK(world.transport.mails.size() == 2);  // the code and one notification
}

TEST_CASE("a wrong password says so, and after three of them one must wait longer and longer") {
  Started started;
  for (int i = 0; i < limits::free_wrong_passwords; ++i) {
    const Result<Retrieval> opened = open_by_password(started.world, started.id(), "wrong");
    CHECK(opened.error().code == ErrorCode::refused);
    CHECK(opened.error().detail == "wrong_password");
  }
  const Result<Retrieval> early = open_by_password(started.world, started.id(), "xK9#vQ2mLp");
  CHECK(early.error().code == ErrorCode::throttled);
  CHECK(early.error().detail == "2");
  started.world.clock.advance(2s);
  CHECK(open_by_password(started.world, started.id(), "wrong").error().code == ErrorCode::refused);
  CHECK(open_by_password(started.world, started.id(), "wrong").error().detail == "4");
  started.world.clock.advance(4s);
  CHECK(open_by_password(started.world, started.id(), "xK9#vQ2mLp").has_value());
  CHECK(open_by_password(started.world, started.id(), "xK9#vQ2mLp").has_value());
}

TEST_CASE("unknown, revoked and expired transfers give one and the same answer") {
  Started revoked;
  TestWorld& world = revoked.world;
  const Error unknown =
      open_by_password(world, TransferId::make(world.random), "xK9#vQ2mLp").error();
  CHECK(unknown.code == ErrorCode::denied);
  const Result<Retrieval> opened = open_by_password(world, revoked.id(), "xK9#vQ2mLp");
  REQUIRE(opened.has_value());
  REQUIRE(ChangeSent(*world.parts)
              .revoke(revoked.draft.caller, revoked.transfer.tracking_id)
              .has_value());
  CHECK(open_by_password(world, revoked.id(), "xK9#vQ2mLp").error().detail == unknown.detail);
  CHECK(Retrieve(*world.parts).find(revoked.id()).error().detail == unknown.detail);
  // A session that is open ends with it.
  const RetrievalKey key{opened->retrieval_id, *opened->token};
  CHECK(Retrieve(*world.parts).look(key).error().code == ErrorCode::denied);

  Started expired;
  expired.world.clock.advance(5 * 24h - 1s);
  CHECK(Retrieve(*expired.world.parts).find(expired.id()).has_value());
  expired.world.clock.advance(1s);
  CHECK(Retrieve(*expired.world.parts).find(expired.id()).error().detail == unknown.detail);
}

TEST_CASE("what has ended is erased") {
  Started started;
  TestWorld& world = started.world;
  CHECK(world.count_objects() == 3);  // two parts and the manifest
  world.clock.advance(5 * 24h);
  sweep(*world.parts);
  CHECK(world.count_objects() == 0);
  const Result<SentTransfer> sent =
      Sent(*world.parts).find(started.draft.caller, started.transfer.tracking_id);
  REQUIRE(sent.has_value());
  CHECK(sent->transfer.state == TransferState::expired);
  // Going back in time revives nothing.
  world.clock.jump(-4 * 24h);
  CHECK(Retrieve(*world.parts).find(started.id()).error().code == ErrorCode::denied);
}

TEST_CASE("what has ended stays in the sender's list as long as is set, then nothing is left") {
  Started started;
  TestWorld& world = started.world;
  world.settings.listed_life = 24h * 30;
  const auto is_there = [&] {
    const auto found = world.database->read_value(
        [&](Transaction& tx) { return find_tracked(tx, started.transfer.tracking_id); });
    REQUIRE(found.has_value());
    return found->has_value();
  };
  const auto day_by_day = [&](int days) {
    for (int i = 0; i < days; ++i) {
      world.clock.advance(24h);
      sweep(*world.parts);
    }
  };
  day_by_day(5);
  CHECK(Sent(*world.parts).find(started.draft.caller, started.transfer.tracking_id).has_value());
  day_by_day(29);
  CHECK(is_there());
  // A clock that jumps makes nobody forget.
  world.clock.jump(24h * 365);
  sweep(*world.parts);
  CHECK(is_there());
  world.clock.jump(24h * -365);
  day_by_day(2);
  CHECK_FALSE(is_there());
}

TEST_CASE("a draft that nobody finishes goes after seven days") {
  TestWorld world;
  const TestDraft draft = begin_draft(world);
  upload_file(world, draft, "a.txt", "abc");
  CHECK(world.count_objects() == 1);
  world.clock.advance(limits::draft_life - 1s);
  sweep(*world.parts);
  CHECK(world.count_objects() == 1);
  world.clock.advance(1s);
  sweep(*world.parts);
  CHECK(world.count_objects() == 0);
  CHECK(Drafts(*world.parts).find(draft.key()).error().code == ErrorCode::denied);
}

TEST_CASE("a transfer opens by the secret of its link, and by nothing else") {
  TestWorld world;
  world.allow("*", "*");
  const TestDraft draft = begin_draft(world);
  StartRequest request = good_request(world, {});
  request.open_by = OpenBy::link;
  request.password.reset();
  request.recipients.at(0).slot_id = SlotId::make(world.random);
  request.recipients.at(0).secret = world.random.secret<32>();
  const Result<StartedTransfer> started =
      Start(*world.parts).start(draft.key(), std::move(request));
  REQUIRE(started.has_value());
  const StartedRecipient& bert = started->recipients.at(0);
  const std::string fragment = bert.link.substr(bert.link.find('#') + 1);
  CHECK(fragment.size() == 44);
  Retrieve retrieve(*world.parts);
  CHECK(retrieve.open_link(bert.transfer_id, fragment).has_value());
  std::string wrong = fragment;
  wrong[10] = wrong[10] == 'A' ? 'B' : 'A';
  // Nothing is counted: nobody guesses 256 bits, and nobody is to be locked out.
  const Caller caller{{}, "127.0.0.1"};
  for (int i = 0; i < limits::wrong_passwords_per_recipient_max + 1; ++i) {
    CHECK(retrieve.open_link(bert.transfer_id, wrong).error().detail == "wrong_password");
    CHECK(retrieve.try_password(bert.transfer_id, caller).error().detail == "wrong_password");
  }
  CHECK(retrieve.open_link(bert.transfer_id, fragment).has_value());
  CHECK(retrieve.mail_code(bert.transfer_id, caller, Language::de).error().code ==
        ErrorCode::conflict);
}

TEST_CASE("somebody else's draft looks like none") {
  TestWorld world;
  const TestDraft draft = begin_draft(world);
  Drafts drafts(*world.parts);
  const Caller carla = world.verified("carla@example.org");
  CHECK(drafts.find({carla, draft.draft_id, draft.secret}).error().code == ErrorCode::denied);
  const Secret<32> other = world.random.secret<32>();
  CHECK(drafts.find({draft.caller, draft.draft_id, other}).error().code == ErrorCode::denied);
  CHECK(drafts.create({carla, draft.draft_id, other}, Address{"carla@example.org"}).error().code ==
        ErrorCode::conflict);
  CHECK(drafts.create(draft.key(), Address{"anna@example.org"}).has_value());
}

TEST_CASE("a draft's form comes back as it was kept, and goes at Start") {
  TestWorld world;
  world.allow("*@example.org", "*@example.com");
  const TestDraft draft = begin_draft(world);
  Drafts drafts(*world.parts);
  CHECK(drafts.form(draft.key()).value() == std::nullopt);
  REQUIRE(drafts.save_form(draft.key(), "Sehr geehrte Frau Müller").has_value());
  const std::string latest(limits::draft_form_bytes_max, 'x');
  REQUIRE(drafts.save_form(draft.key(), latest).has_value());
  CHECK(drafts.form(draft.key()).value() == latest);
  CHECK(drafts.save_form(draft.key(), latest + "x").error().code == ErrorCode::too_large);

  const Caller carla = world.verified("carla@example.org");
  const DraftKey stranger{carla, draft.draft_id, draft.secret};
  CHECK(drafts.form(stranger).error().code == ErrorCode::denied);
  CHECK(drafts.save_form(stranger, "mine").error().code == ErrorCode::denied);

  REQUIRE(Start(*world.parts).start(draft.key(), good_request(world, {})).has_value());
  CHECK(drafts.save_form(draft.key(), "late").error().code == ErrorCode::conflict);
  CHECK(drafts.form(draft.key()).error().code == ErrorCode::conflict);
  const Result<bool> there = form_is_there(world, draft.draft_id);
  CHECK_FALSE(there.value());
}
