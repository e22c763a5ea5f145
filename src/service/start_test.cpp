// What Start refuses, and what mails tell.
#include <doctest/doctest.h>

#include "service/ask_policy.h"
#include "service/test_world.h"

using namespace couvert;
using namespace std::chrono_literals;

namespace {

struct Ready {
  TestWorld world;
  TestDraft draft;

  Ready() : draft{begin_draft(world)} { world.allow("*@example.org", "*@example.com"); }

  Error refusal(StartRequest request) {
    const Result<StartedTransfer> done = Start(*world.parts).start(draft.key(), std::move(request));
    REQUIRE_FALSE(done.has_value());
    return done.error();
  }
};

}  // namespace

TEST_CASE("a start names the recipient that may not receive") {
  Ready ready;
  StartRequest request = good_request(ready.world, {});
  request.recipients.push_back({"Dora@example.net", RecipientKind::cc, std::nullopt, std::nullopt});
  const Error error = ready.refusal(std::move(request));
  CHECK(error.code == ErrorCode::refused);
  CHECK(error.detail == "no_rule dora@example.net");
}

TEST_CASE("a start keeps within the life that is allowed") {
  Ready ready;
  for (const Duration life : {Duration(0), Duration(12 * 24h), Duration(-1h)}) {
    StartRequest request = good_request(ready.world, {});
    request.expires = ready.world.clock.now() + life;
    CHECK(ready.refusal(std::move(request)).detail == "life");
  }
}

TEST_CASE("a start needs files that are whole and announced") {
  Ready ready;
  const std::uint32_t no = upload_file(ready.world, ready.draft, "a.txt", "abc");
  CHECK(ready.refusal(good_request(ready.world, {})).detail == "files_differ");
  CHECK(ready.refusal(good_request(ready.world, {{no, 4}})).detail == "files_differ");
  CHECK(ready.refusal(good_request(ready.world, {{no + 1, 3}})).detail == "files_differ");
  Drafts drafts(*ready.world.parts);
  const std::uint32_t half = drafts.create_file(ready.draft.key(), {"b.txt", "", 3})->no;
  CHECK(ready.refusal(good_request(ready.world, {{no, 3}, {half, 3}})).detail == "files_differ");
  REQUIRE(drafts.remove_file(ready.draft.key(), half).has_value());
  CHECK(Start(*ready.world.parts)
            .start(ready.draft.key(), good_request(ready.world, {{no, 3}}))
            .has_value());
}

TEST_CASE("a transfer shows its files in the order in which they are named, not that of numbers") {
  Ready ready;
  const std::uint32_t first = upload_file(ready.world, ready.draft, "a.txt", "abc");
  const std::uint32_t second = upload_file(ready.world, ready.draft, "b.txt", "defg");
  const std::uint32_t third = upload_file(ready.world, ready.draft, "c.txt", "hi");
  const std::vector<std::pair<std::uint32_t, std::uint64_t>> order = {
      {third, 2}, {first, 3}, {second, 4}};
  CHECK(ready.refusal(good_request(ready.world, {{third, 2}, {first, 3}, {first, 3}})).detail ==
        "files_differ");
  Start start(*ready.world.parts);
  StartRequest request = good_request(ready.world, order);
  const SlotId slot = request.slot_id;
  const auto started = start.start(ready.draft.key(), std::move(request));
  REQUIRE(started.has_value());
  const auto opened =
      open_by_password(ready.world, started->recipients.at(0).transfer_id, "xK9#vQ2mLp");
  REQUIRE(opened.has_value());
  REQUIRE(opened->content.files.size() == 3);
  for (std::size_t i = 0; i < 3; ++i) CHECK(opened->content.files[i].no == order[i].first);
  CHECK(opened->content.files[0].name == "c.txt");
  // Again, in another order: the same transfer, as it was sealed.
  StartRequest again = good_request(ready.world, {{first, 3}, {second, 4}, {third, 2}});
  again.slot_id = slot;
  const auto repeated = start.start(ready.draft.key(), std::move(again));
  REQUIRE(repeated.has_value());
  CHECK(repeated->tracking_id == started->tracking_id);
  CHECK(repeated->files.at(0).no == third);
}

TEST_CASE("a start needs something to send, a name and no line break in it") {
  Ready ready;
  StartRequest nothing = good_request(ready.world, {});
  nothing.text.clear();
  CHECK(ready.refusal(std::move(nothing)).code == ErrorCode::invalid);
  StartRequest nameless = good_request(ready.world, {});
  nameless.name = " ";
  CHECK(ready.refusal(std::move(nameless)).code == ErrorCode::invalid);
  StartRequest header = good_request(ready.world, {});
  header.name = "Anna\r\nBcc: all@example.com";
  CHECK(ready.refusal(std::move(header)).code == ErrorCode::invalid);
}

TEST_CASE("a weak password is refused before it is used") {
  Ready ready;
  const auto admit = [&](const std::string& password) {
    StartRequest request = good_request(ready.world, {});
    return Start(*ready.world.parts).admit_password(ready.draft.key(), request, password);
  };
  CHECK(admit("xK9#vQ2mLp").has_value());
  CHECK(admit("password").error().detail == "password_weak");
  CHECK(admit(std::string(129, 'x')).error().code == ErrorCode::invalid);
}

TEST_CASE("a password is not even looked at where the draft or its recipients are refused") {
  Ready ready;
  StartRequest request = good_request(ready.world, {});
  TestDraft foreign{ready.world.verified("carl@example.org"), ready.draft.draft_id,
                    ready.draft.secret.clone()};
  const Start start(*ready.world.parts);
  CHECK_FALSE(start.admit_password(foreign.key(), request, "xK9#vQ2mLp").has_value());
  request.recipients[0].address = "dora@example.net";
  CHECK(start.admit_password(ready.draft.key(), request, "xK9#vQ2mLp").error().detail ==
        "no_rule dora@example.net");
}

TEST_CASE("the sender hears when the mails were taken, and when one was refused") {
  Ready ready;
  StartRequest request = good_request(ready.world, {});
  request.notify_delivery = true;
  REQUIRE(Start(*ready.world.parts).start(ready.draft.key(), std::move(request)).has_value());
  ready.world.deliver();
  CHECK(ready.world.transport.mails.back().first.to.text == "anna@example.org");

  Ready refused;
  REQUIRE(Start(*refused.world.parts)
              .start(refused.draft.key(), good_request(refused.world, {}))
              .has_value());
  const std::size_t before = refused.world.transport.mails.size();
  refused.world.transport.answer = Error(ErrorCode::refused, "550 no such user");
  refused.world.deliver();
  refused.world.transport.answer.reset();
  refused.world.deliver();
  CHECK(refused.world.transport.mails.size() == before);  // its own mail was refused, too
}

TEST_CASE("a mail server that is away is tried again, under the same Message-ID") {
  Ready ready;
  REQUIRE(Start(*ready.world.parts)
              .start(ready.draft.key(), good_request(ready.world, {}))
              .has_value());
  const std::size_t before = ready.world.transport.mails.size();
  ready.world.transport.answer = Error(ErrorCode::unavailable, "no connection");
  ready.world.deliver();
  ready.world.transport.answer.reset();
  ready.world.deliver();
  CHECK(ready.world.transport.mails.size() == before);
  ready.world.clock.advance(2min);
  ready.world.deliver();
  CHECK(ready.world.transport.mails.size() == before + 1);
}

TEST_CASE("who was written to may answer where no rule allows it") {
  Ready ready;
  const Result<StartedTransfer> started =
      Start(*ready.world.parts).start(ready.draft.key(), good_request(ready.world, {}));
  REQUIRE(started.has_value());
  const Caller bert = ready.world.verified("bert@example.com");
  PolicyRequest question{Address{"bert@example.com"}, std::nullopt, {"anna@example.org", "x"}};
  AskPolicy policy(*ready.world.parts);
  Result<PolicyAnswer> stranger = policy.ask(bert, question);
  CHECK(stranger->recipients.at(0).verdict.refusal == Refusal::no_rule);
  CHECK(stranger->recipients.at(1).verdict.refusal == Refusal::invalid_address);
  question.reply_to = started->recipients.at(0).transfer_id;
  CHECK(policy.ask(bert, question)->recipients.at(0).verdict.allowed);
  ready.world.clock.advance(5 * 24h);
  CHECK_FALSE(policy.ask(bert, question)->recipients.at(0).verdict.allowed);
  CHECK(policy.ask({{}, "127.0.0.1"}, question).error().code == ErrorCode::unproven);
}
