// Guessing a password: what it costs strangers, and that it never locks the recipient out.
#include "service/password_tries.h"

#include <doctest/doctest.h>

#include "service/change_sent.h"
#include "service/expire_round.h"
#include "service/test_world.h"

using namespace couvert;
using namespace std::chrono_literals;

namespace {

constexpr const char* right_password = "xK9#vQ2mLp";
constexpr int most = limits::wrong_passwords_per_recipient_max;

// A started transfer of anna to bert and carla, one password.
struct Attacked {
  TestWorld world;
  TestDraft draft{begin_draft(world)};
  StartedTransfer transfer;
  Retrieve retrieve{*world.parts};

  Attacked() {
    world.allow("*", "*");
    StartRequest request = good_request(world, {});
    request.recipients.push_back(
        {"carla@example.com", RecipientKind::to, std::nullopt, std::nullopt});
    request.sender_language = Language::nl;
    Result<StartedTransfer> done = Start(*world.parts).start(draft.key(), std::move(request));
    REQUIRE(done.has_value());
    transfer = std::move(*done);
    world.deliver();
    world.transport.mails.clear();
  }

  TransferId bert() const { return transfer.recipients.at(0).transfer_id; }
  TransferId carla() const { return transfer.recipients.at(1).transfer_id; }

  // A try whose secret is not the password's; Argon2 is left out.
  Error wrong(const TransferId& id, const Caller& caller) {
    Result<Attempt> attempt = retrieve.try_password(id, caller);
    if (!attempt) return attempt.error();
    const Result<> counted = retrieve.count(*attempt);
    if (!counted) return counted.error();
    return retrieve.open(*attempt, world.random.secret<32>()).error();
  }

  Result<Retrieval> right(const TransferId& id, const Caller& caller) {
    Result<Attempt> attempt = retrieve.try_password(id, caller);
    if (!attempt) return pass(attempt);
    const Result<> counted = retrieve.count(*attempt);
    if (!counted) return pass(counted);
    return retrieve.open(*attempt, *password_secret(right_password, attempt->parameters));
  }

  // Wrong ones, each from another network, so that none has to wait.
  void guess(const TransferId& id, int count) {
    for (int i = 0; i < count; ++i) {
      CHECK(wrong(id, stranger(++networks)).detail == "wrong_password");
    }
  }

  static Caller stranger(int number) { return {{}, "198.51.100." + std::to_string(number)}; }

  // A new client that asks for a code and reads it in the mailbox.
  Caller prove(const TransferId& id, const std::string& address) {
    Caller caller{{}, "203.0.113.1"};
    const Result<CodeAnswer> asked = retrieve.mail_code(id, caller, Language::de);
    REQUIRE(asked.has_value());
    const Sha256Digest hash = hash_secret(*asked->token);
    caller.session.assign(hash.begin(), hash.end());
    world.deliver();
    REQUIRE(retrieve.confirm_code(id, caller, world.mailed_code(address)).has_value());
    return caller;
  }

  std::size_t warnings() {
    world.deliver();
    return static_cast<std::size_t>(
        std::ranges::count_if(world.transport.mails, [](const auto& mail) {
          return mail.first.to.text == "anna@example.org" &&
                 mail.second.find("Te veel") != std::string::npos;
        }));
  }

  int networks = 0;
};

}  // namespace

TEST_CASE("after twenty wrong passwords nobody tries any more without the mailbox's code") {
  Attacked attacked;
  attacked.guess(attacked.bert(), most - 1);
  CHECK(attacked.warnings() == 0);
  attacked.guess(attacked.bert(), 1);
  CHECK(attacked.wrong(attacked.bert(), Attacked::stranger(99)).detail == "code_needed");
  CHECK(attacked.right(attacked.bert(), Attacked::stranger(99)).error().detail == "code_needed");
  // Another recipient of the same transfer is none the worse.
  CHECK(attacked.wrong(attacked.carla(), Attacked::stranger(99)).detail == "wrong_password");
}

TEST_CASE("wrong passwords count for a day, and are not forgotten by a restart's sweep") {
  Attacked attacked;
  attacked.guess(attacked.bert(), most);
  attacked.world.clock.advance(24h);
  sweep(*attacked.world.parts);
  CHECK(attacked.wrong(attacked.bert(), Attacked::stranger(99)).detail == "code_needed");
  // Counts are kept by the hour: a try counts for 24 hours and what is left of its hour.
  const auto into_hour = to_unix(attacked.world.clock.now()) % 3600;
  attacked.world.clock.advance(std::chrono::seconds(3600 - into_hour) - 1ms);
  CHECK(attacked.wrong(attacked.bert(), Attacked::stranger(99)).detail == "code_needed");
  attacked.world.clock.advance(1ms);
  CHECK(attacked.wrong(attacked.bert(), Attacked::stranger(99)).detail == "wrong_password");
}

TEST_CASE("whoever reads the recipient's mailbox gets through, strangers still do not") {
  Attacked attacked;
  attacked.guess(attacked.bert(), most);
  const Caller bert = attacked.prove(attacked.bert(), "bert@example.com");
  CHECK(attacked.wrong(attacked.bert(), bert).detail == "wrong_password");
  CHECK(attacked.right(attacked.bert(), bert).has_value());
  const Caller beside{{}, bert.network};
  CHECK(attacked.right(attacked.bert(), beside).error().detail == "code_needed");
  // The proof is of one mailbox, and for an hour.
  attacked.guess(attacked.carla(), most);
  CHECK(attacked.right(attacked.carla(), bert).error().detail == "code_needed");
  attacked.world.clock.advance(limits::recipient_proof_life - 1s);
  CHECK(attacked.wrong(attacked.bert(), bert).detail == "wrong_password");
  attacked.world.clock.advance(1s);
  CHECK(attacked.wrong(attacked.bert(), bert).detail == "code_needed");
}

TEST_CASE("strangers delay no one who has proven the mailbox, not even in the same network") {
  Attacked attacked;
  const Caller bert = attacked.prove(attacked.bert(), "bert@example.com");
  const Caller beside{{}, bert.network};
  for (int i = 0; i < limits::free_wrong_passwords; ++i) {
    CHECK(attacked.wrong(attacked.bert(), beside).detail == "wrong_password");
  }
  CHECK(attacked.wrong(attacked.bert(), beside).code == ErrorCode::throttled);
  CHECK(attacked.right(attacked.bert(), bert).has_value());
  CHECK(attacked.wrong(attacked.bert(), beside).code == ErrorCode::throttled);
}

TEST_CASE("the mailbox's owner has tries without end, at most a minute apart") {
  Attacked attacked;
  const Caller bert = attacked.prove(attacked.bert(), "bert@example.com");
  for (int i = 0; i < limits::free_wrong_passwords; ++i) {
    CHECK(attacked.wrong(attacked.bert(), bert).detail == "wrong_password");
  }
  for (const auto* seconds : {"2", "4", "8", "16", "32", "60", "60", "60"}) {
    const Error early = attacked.wrong(attacked.bert(), bert);
    CHECK(early.code == ErrorCode::throttled);
    CHECK(early.detail == seconds);
    attacked.world.clock.advance(std::chrono::seconds(std::stoi(seconds)));
    CHECK(attacked.wrong(attacked.bert(), bert).detail == "wrong_password");
  }
  attacked.world.clock.advance(1min);
  CHECK(attacked.right(attacked.bert(), bert).has_value());
  CHECK(attacked.wrong(attacked.bert(), bert).detail == "wrong_password");
  // None of these were a stranger's.
  attacked.guess(attacked.bert(), most);
}

TEST_CASE("a network waits up to a quarter of an hour, and a right password ends its wait alone") {
  Attacked attacked;
  const Caller one = Attacked::stranger(201);
  const Caller other = Attacked::stranger(202);
  for (int i = 0; i < limits::free_wrong_passwords; ++i) {
    CHECK(attacked.wrong(attacked.bert(), other).detail == "wrong_password");
    CHECK(attacked.wrong(attacked.bert(), one).detail == "wrong_password");
  }
  for (const int seconds : {2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900}) {
    CHECK(attacked.wrong(attacked.bert(), one).detail == std::to_string(seconds));
    attacked.world.clock.advance(std::chrono::seconds(seconds) - 1s);
    CHECK(attacked.wrong(attacked.bert(), one).detail == "1");
    attacked.world.clock.advance(1s);
    CHECK(attacked.wrong(attacked.bert(), one).detail == "wrong_password");
  }
  attacked.world.clock.advance(900s);
  CHECK(attacked.right(attacked.bert(), one).has_value());
  CHECK(attacked.wrong(attacked.bert(), one).detail == "wrong_password");
  CHECK(attacked.wrong(attacked.bert(), other).detail == "wrong_password");
  CHECK(attacked.wrong(attacked.bert(), other).code == ErrorCode::throttled);
}

TEST_CASE("a right password is no wrong one, and takes back nobody else's") {
  Attacked attacked;
  attacked.guess(attacked.bert(), most - 1);
  CHECK(attacked.right(attacked.bert(), Attacked::stranger(99)).has_value());
  CHECK(attacked.right(attacked.bert(), Attacked::stranger(99)).has_value());
  attacked.guess(attacked.bert(), 1);
  CHECK(attacked.right(attacked.bert(), Attacked::stranger(99)).error().detail == "code_needed");
}

TEST_CASE("of two last tries at once one is made") {
  Attacked attacked;
  attacked.guess(attacked.bert(), most - 1);
  Result<Attempt> first = attacked.retrieve.try_password(attacked.bert(), Attacked::stranger(98));
  Result<Attempt> second = attacked.retrieve.try_password(attacked.bert(), Attacked::stranger(99));
  REQUIRE(first.has_value());
  REQUIRE(second.has_value());
  CHECK(attacked.retrieve.count(*first).has_value());
  CHECK(attacked.retrieve.count(*second).error().detail == "code_needed");
}

TEST_CASE("a try for which there was no room has cost nothing") {
  Attacked attacked;
  const Caller caller = Attacked::stranger(99);
  for (int i = 0; i < 2 * most; ++i) {
    CHECK(attacked.retrieve.try_password(attacked.bert(), caller).has_value());
  }
  CHECK(attacked.wrong(attacked.bert(), caller).detail == "wrong_password");
}

TEST_CASE("the sender is told once, in her language, whoever was guessed at") {
  Attacked attacked;
  attacked.guess(attacked.bert(), most);
  REQUIRE(attacked.warnings() == 1);
  const std::string& mail = attacked.world.transport.mails.back().second;
  CHECK(mail.find("Content-Language: nl") != std::string::npos);
  CHECK(mail.find("bert@example.com") != std::string::npos);
  CHECK(mail.find(right_password) == std::string::npos);
  CHECK(attacked.wrong(attacked.bert(), Attacked::stranger(99)).detail == "code_needed");
  attacked.guess(attacked.carla(), most);
  CHECK(attacked.wrong(attacked.carla(), Attacked::stranger(99)).detail == "code_needed");
  attacked.world.clock.advance(50h);
  sweep(*attacked.world.parts);
  attacked.guess(attacked.bert(), most);
  CHECK(attacked.warnings() == 1);
}

TEST_CASE("a server that ended before it could tell the sender tells her at the next try") {
  Attacked attacked;
  attacked.guess(attacked.bert(), most - 1);
  Result<Attempt> last = attacked.retrieve.try_password(attacked.bert(), Attacked::stranger(98));
  REQUIRE(last.has_value());
  REQUIRE(attacked.retrieve.count(*last).has_value());
  CHECK(attacked.warnings() == 0);
  CHECK(attacked.wrong(attacked.bert(), Attacked::stranger(99)).detail == "code_needed");
  CHECK(attacked.warnings() == 1);
}

TEST_CASE("nobody is told of a transfer that was revoked in between") {
  Attacked attacked;
  attacked.guess(attacked.bert(), most - 1);
  Result<Attempt> last = attacked.retrieve.try_password(attacked.bert(), Attacked::stranger(98));
  REQUIRE(last.has_value());
  REQUIRE(attacked.retrieve.count(*last).has_value());
  REQUIRE(ChangeSent(*attacked.world.parts)
              .revoke(attacked.draft.caller, attacked.transfer.tracking_id)
              .has_value());
  const auto secret = attacked.world.random.secret<32>();
  CHECK(attacked.retrieve.open(*last, secret).error().code == ErrorCode::denied);
  const Result<> warned = attacked.world.database->write([&](Transaction& tx) -> Result<> {
    const Result<bool> done = warn_sender(*attacked.world.parts, tx, last->trier);
    REQUIRE(done.has_value());
    CHECK_FALSE(*done);
    return Result<>();
  });
  CHECK(warned.has_value());
  CHECK(attacked.warnings() == 0);
}

TEST_CASE("a network that guesses at many transfers meets a bound, and so do all together") {
  TestWorld world;
  const Instant now = world.clock.now();
  const auto trier = [&](int position, const std::string& network) {
    Recipient recipient;
    recipient.seal_id = SealId::make(world.random);
    recipient.position = position;
    return Trier{recipient, network, false};
  };
  const Result<> done = world.database->write([&](Transaction& tx) -> Result<> {
    for (int i = 0; i < limits::wrong_passwords_per_network_max; ++i) {
      CHECK(count_try(tx, trier(i, "192.0.2.1"), now).has_value());
    }
    CHECK(count_try(tx, trier(0, "192.0.2.1"), now).error().detail == "code_needed");
    Trier proven = trier(0, "192.0.2.1");
    proven.proven = true;
    CHECK(count_try(tx, proven, now).has_value());
    CHECK(count_try(tx, trier(0, "192.0.2.1"), now + 1h).has_value());
    CHECK(count_try(tx, trier(0, "192.0.2.2"), now).has_value());
    const int rest =
        limits::wrong_passwords_per_server_max - limits::wrong_passwords_per_network_max - 2;
    const Instant hour = std::chrono::floor<std::chrono::hours>(now);
    CHECK(add_to_counter(tx, "wrong passwords", hour, rest).has_value());
    CHECK(count_try(tx, trier(0, "192.0.2.3"), now).has_value());
    CHECK(count_try(tx, trier(0, "192.0.2.3"), now).error().detail == "code_needed");
    CHECK(count_try(tx, proven, now).has_value());
    return Result<>();
  });
  CHECK(done.has_value());
}

TEST_CASE("a clock that was set back makes nobody wait longer than the delay") {
  Attacked attacked;
  const Caller caller = Attacked::stranger(99);
  for (int i = 0; i < limits::free_wrong_passwords; ++i) {
    CHECK(attacked.wrong(attacked.bert(), caller).detail == "wrong_password");
  }
  attacked.world.clock.advance(-48h);
  CHECK(attacked.wrong(attacked.bert(), caller).detail == "2");
}

TEST_CASE("who has to prove the mailbox reads in the mail that it is for a transfer") {
  Attacked attacked;
  attacked.prove(attacked.bert(), "bert@example.com");
  std::string mail = attacked.world.transport.mails.back().second;
  for (std::size_t at; (at = mail.find("=\r\n")) != mail.npos;) mail.erase(at, 3);
  CHECK(mail.find("um einen Transfer zu =C3=B6ffnen, der an sie gerichtet ist:") != mail.npos);
}

TEST_CASE("codes for a recipient are bounded for each network, and nobody uses up another's") {
  Attacked attacked;
  const auto ask = [&](int network) {
    return attacked.retrieve.mail_code(attacked.bert(), Attacked::stranger(network), Language::en);
  };
  // What is asked for an address that somebody typed does not count here.
  Verify verify(*attacked.world.parts);
  for (int i = 0; i < limits::codes_per_address_max + 1; ++i) {
    CHECK(verify.request(Attacked::stranger(1), {"bert@example.com", Language::en}).has_value());
  }
  attacked.world.deliver();
  attacked.world.transport.mails.clear();
  for (int network = 1; network <= 6; ++network) {
    for (int i = 0; i < limits::recipient_codes_per_network_max; ++i) {
      CHECK(ask(network).has_value());
    }
    CHECK(ask(network).error().code == ErrorCode::throttled);
    CHECK(ask(network).error().detail == "2800");  // the rest of this hour
  }
  static_assert(6 * limits::recipient_codes_per_network_max == limits::recipient_codes_max);
  CHECK(ask(7).error().code == ErrorCode::throttled);
  attacked.world.deliver();
  CHECK(attacked.world.transport.mails.size() == limits::recipient_codes_max);
  attacked.world.clock.advance(2800s);
  CHECK(ask(7).has_value());
}

TEST_CASE("a recipient's code works for the client that asked, five times, half an hour") {
  Attacked attacked;
  Caller bert{{}, "203.0.113.1"};
  const auto ask = [&] {
    const Result<CodeAnswer> asked =
        attacked.retrieve.mail_code(attacked.bert(), bert, Language::de);
    REQUIRE(asked.has_value());
    if (asked->token) {
      const Sha256Digest hash = hash_secret(*asked->token);
      bert.session.assign(hash.begin(), hash.end());
    }
    attacked.world.deliver();
    return attacked.world.mailed_code("bert@example.com");
  };
  const auto confirm = [&](const Caller& who, const std::string& code) {
    const Result<> done = attacked.retrieve.confirm_code(attacked.bert(), who, code);
    return done ? std::string() : done.error().detail;
  };
  const std::string first = ask();
  CHECK(attacked.retrieve.confirm_code(attacked.bert(), {{}, "203.0.113.1"}, first).error().code ==
        ErrorCode::unproven);
  CHECK(confirm(attacked.draft.caller, first) == "no_code");
  for (int i = 0; i < limits::code_tries_max; ++i)
    CHECK(confirm(bert, "aaaaaaaaaa") == "wrong_code");
  CHECK(confirm(bert, first) == "no_code");
  const std::string second = ask();
  attacked.world.clock.advance(limits::code_life);
  CHECK(confirm(bert, second) == "no_code");
  const std::string third = ask();
  attacked.world.clock.advance(limits::code_life - 1ms);
  CHECK(confirm(bert, third).empty());
}

TEST_CASE("no code goes out for transfers that are not there") {
  Attacked attacked;
  const Caller caller = Attacked::stranger(1);
  const TransferId unknown = TransferId::make(attacked.world.random);
  const Error answer = attacked.retrieve.mail_code(unknown, caller, Language::de).error();
  CHECK(answer.code == ErrorCode::denied);
  CHECK(attacked.retrieve.confirm_code(unknown, caller, "x").error().detail == answer.detail);
  attacked.world.clock.advance(5 * 24h);
  for (const TransferId& id : {attacked.bert(), unknown}) {
    CHECK(attacked.retrieve.mail_code(id, caller, Language::de).error().detail == answer.detail);
    CHECK(attacked.retrieve.try_password(id, caller).error().detail == answer.detail);
  }
  CHECK(attacked.warnings() == 0);
}
