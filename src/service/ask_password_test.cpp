// A recipient asks the sender for the password: a mail that says nothing of who asks, and seldom.
#include "service/ask_password.h"

#include <doctest/doctest.h>

#include "service/change_sent.h"
#include "service/test_world.h"

using namespace couvert;
using namespace std::chrono_literals;

namespace {

// A started transfer of anna to seven recipients.
struct AskedSender {
  TestWorld world;
  TestDraft draft{begin_draft(world)};
  StartedTransfer transfer;
  Retrieve retrieve{*world.parts};

  AskedSender() {
    world.allow("*", "*");
    StartRequest request = good_request(world, {});
    for (int i = 1; i < 7; ++i) {
      request.recipients.push_back({"bert" + std::to_string(i) + "@example.com", RecipientKind::to,
                                    std::nullopt, std::nullopt});
    }
    request.sender_language = Language::nl;
    Result<StartedTransfer> done = Start(*world.parts).start(draft.key(), std::move(request));
    REQUIRE(done.has_value());
    transfer = std::move(*done);
    world.deliver();
    world.transport.mails.clear();
  }

  TransferId id(std::size_t nth) const { return transfer.recipients.at(nth).transfer_id; }

  Result<> ask(std::size_t nth, int network = 1) {
    return retrieve.ask_sender(id(nth), {{}, "198.51.100." + std::to_string(network)});
  }

  // The mails to the sender so far.
  std::size_t mails() {
    world.deliver();
    for (const auto& [envelope, text] : world.transport.mails) {
      CHECK(envelope.to.text == "anna@example.org");
    }
    return world.transport.mails.size();
  }
};

}  // namespace

TEST_CASE("the sender gets one mail a day, however often a recipient asks") {
  AskedSender asked;
  for (int i = 0; i < 10; ++i) CHECK(asked.ask(0, i).has_value());
  CHECK(asked.mails() == 1);
  const std::string& mail = asked.world.transport.mails.front().second;
  CHECK(mail.find("Content-Language: nl") != std::string::npos);
  CHECK(mail.find(asked.id(0).text()) == std::string::npos);
  asked.world.clock.advance(23h);
  CHECK(asked.ask(0).has_value());
  CHECK(asked.mails() == 1);
  asked.world.clock.advance(2h);
  CHECK(asked.ask(0).has_value());
  CHECK(asked.mails() == 2);
}

TEST_CASE("the sender of a transfer gets five of them a day, whoever asks") {
  AskedSender asked;
  for (std::size_t nth = 0; nth < 7; ++nth) CHECK(asked.ask(nth).has_value());
  CHECK(asked.mails() == limits::asks_per_transfer_max);
}

TEST_CASE("a network that asks again and again has to wait for the next hour") {
  AskedSender asked;
  for (int i = 0; i < limits::asks_per_network_max; ++i) CHECK(asked.ask(0).has_value());
  const Result<> refused = asked.ask(1);
  REQUIRE_FALSE(refused.has_value());
  CHECK(refused.error().code == ErrorCode::throttled);
  CHECK(std::stoi(refused.error().detail) <= 3600);
  CHECK(asked.ask(1, 2).has_value());
  asked.world.clock.advance(1h);
  CHECK(asked.ask(2).has_value());
}

TEST_CASE("who holds no live transfer ID hears nothing, and nobody is asked for a link") {
  AskedSender asked;
  const Caller caller{{}, "198.51.100.1"};
  const TransferId unknown = TransferId::make(asked.world.random);
  CHECK(asked.retrieve.ask_sender(unknown, caller).error().code == ErrorCode::denied);
  REQUIRE(ChangeSent(*asked.world.parts)
              .revoke(asked.draft.caller, asked.transfer.tracking_id)
              .has_value());
  CHECK(asked.ask(0).error().code == ErrorCode::denied);

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
  const Result<> link =
      Retrieve(*world.parts).ask_sender(started->recipients.at(0).transfer_id, caller);
  CHECK(link.error().code == ErrorCode::conflict);
}
