// Mails go out at least once, whatever the mail server does and whoever dies.
#include "service/outbox_round.h"

#include <doctest/doctest.h>

#include <map>

#include "service/expire_round.h"
#include "service/sent.h"
#include "service/test_world.h"

using namespace couvert;
using namespace std::chrono_literals;

namespace {

// A transfer to bert and carla, started, nothing delivered yet.
struct OutboxFixture {
  OutboxFixture() : draft(begin_draft(world)) {
    world.allow("*", "*");
    StartRequest request = good_request(world, {});
    request.expires = world.clock.now() + 9 * 24h;
    request.recipients.push_back(
        {"carla@example.com", RecipientKind::cc, std::nullopt, std::nullopt});
    Result<StartedTransfer> started = Start(*world.parts).start(draft.key(), std::move(request));
    REQUIRE(started.has_value());
    transfer = std::move(*started);
    world.transport.mails.clear();
  }

  std::size_t round() {
    const Result<std::size_t> taken = deliver_due(*world.parts, world.transport);
    REQUIRE(taken.has_value());
    return *taken;
  }

  std::vector<MailState> states() {
    const Result<SentTransfer> sent = Sent(*world.parts).find(draft.caller, transfer.tracking_id);
    REQUIRE(sent.has_value());
    std::vector<MailState> states;
    for (const SentRecipient& one : sent->recipients) states.push_back(one.recipient.mail);
    return states;
  }

  TestWorld world;
  TestDraft draft;
  StartedTransfer transfer;
};

}  // namespace

TEST_CASE("a mail server that is away for five days is asked at growing pauses, then it is told") {
  OutboxFixture test;
  TestWorld& world = test.world;
  world.transport.answer = Error(ErrorCode::unavailable, "away");
  const Instant begin = world.clock.now();
  std::vector<Instant> tries;
  while (world.clock.now() < begin + limits::mail_life) {
    if (test.round() > 0) tries.push_back(world.clock.now());
    world.clock.advance(5min);
  }
  REQUIRE(tries.size() > 40);
  CHECK(tries.size() < 120);  // two mails, whose pauses differ by their jitter
  CHECK(test.states() == std::vector{MailState::waiting, MailState::waiting});

  test.round();
  CHECK(test.states() == std::vector{MailState::failed, MailState::failed});
  world.transport.answer.reset();
  world.clock.advance(4h);
  while (test.round() > 0) continue;
  // The sender hears of both, the recipients get nothing any more.
  REQUIRE(world.transport.mails.size() == 2);
  for (const auto& [envelope, text] : world.transport.mails) {
    CHECK(envelope.to.text == "anna@example.org");
  }
}

TEST_CASE("a mail that is refused for one recipient reaches the other, and the sender is told") {
  OutboxFixture test;
  TestWorld& world = test.world;
  world.transport.answer = Error(ErrorCode::refused, "550 5.1.1 no such user");
  REQUIRE(test.round() == 2);
  CHECK(test.states() == std::vector{MailState::failed, MailState::failed});
  world.transport.answer.reset();
  REQUIRE(test.round() == 2);
  for (const auto& [envelope, text] : world.transport.mails) {
    CHECK(envelope.to.text == "anna@example.org");
    CHECK(text.find("550 5.1.1") != std::string::npos);
  }
}

namespace {

// The process dies while the mail server has the mail: nothing is settled.
class DyingTransport final : public MailTransport {
 public:
  Result<> send(const Envelope&, Bytes, Duration) override { throw std::bad_alloc(); }
};

}  // namespace

// Bug: what a killed server was sending waited out its lease of five minutes.
TEST_CASE("a server that starts takes the leases of the one that died back at once") {
  OutboxFixture test;
  TestWorld& world = test.world;
  DyingTransport dying;
  CHECK_THROWS((void)deliver_due(*world.parts, dying));
  CHECK(test.round() == 0);
  REQUIRE(take_back_mails(*world.parts).has_value());
  CHECK(test.round() == 2);
  CHECK(test.states() == std::vector{MailState::handed_over, MailState::handed_over});
}
