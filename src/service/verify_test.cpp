#include "service/verify.h"

#include <doctest/doctest.h>

#include "service/expire_round.h"
#include "service/test_world.h"
#include "store/sql.h"

using namespace couvert;
using namespace std::chrono_literals;

namespace {

std::int64_t ask_number(TestWorld& world, const std::string& query) {
  std::int64_t number = -1;
  REQUIRE(world.database->read([&](Transaction& tx) -> Result<> {
    const auto found = select_integer(tx, query, {});
    if (!found) return pass(found);
    number = found->value_or(-1);
    return Result<>();
  }));
  return number;
}

std::int64_t count_rows(TestWorld& world, const std::string& table) {
  return ask_number(world, "SELECT COUNT(*) FROM " + table);
}

std::int64_t sum_of_counters(TestWorld& world) {
  return ask_number(world, "SELECT COALESCE(SUM(amount), 0) FROM counter");
}

// A session that has asked for a code; the mail has arrived.
struct Asked {
  TestWorld world;
  Caller caller{{}, "127.0.0.1"};
  std::string code;

  Asked() {
    const Result<CodeAnswer> answer =
        Verify(*world.parts).request(caller, {"anna@example.org", Language::de});
    REQUIRE(answer.has_value());
    const Sha256Digest hash = hash_secret(*answer->token);
    caller.session.assign(hash.begin(), hash.end());
    world.deliver();
    code = world.mailed_code("anna@example.org");
    REQUIRE(code.size() == 10);
  }

  Result<Verification> confirm(const Caller& who, const std::string& text) {
    return Verify(*world.parts).confirm(who, "Anna@example.org", text);
  }
};

}  // namespace

TEST_CASE("a code proves the mailbox, for the client that asked, once") {
  Asked asked;
  CHECK(asked.confirm({{}, "127.0.0.1"}, asked.code).error().code == ErrorCode::unproven);
  Asked other;
  CHECK(asked.confirm(other.caller, asked.code).error().code == ErrorCode::unproven);
  CHECK(asked.confirm(asked.caller, " " + asked.code + "\n").has_value());
  CHECK(asked.confirm(asked.caller, asked.code).error().detail == "no_code");
  CHECK(Verify(*asked.world.parts).prove(asked.caller, Address{"anna@example.org"}).has_value());
  CHECK(Verify(*asked.world.parts).prove(asked.caller, Address{"bert@example.org"}).error().code ==
        ErrorCode::unproven);
}

TEST_CASE("the code's mail says what the code was asked for, by what and when") {
  TestWorld world;
  const auto mailed = [&](CodePurpose purpose, ClientKind client) {
    REQUIRE(Verify(*world.parts)
                .request({{}, "127.0.0.1"}, {"anna@example.org", Language::en, purpose, client}));
    world.deliver();
    std::string mail = world.transport.mails.back().second;
    for (std::size_t at; (at = mail.find("=\r\n")) != mail.npos;) mail.erase(at, 3);
    return mail;
  };
  const std::string program = mailed(CodePurpose::received, ClientKind::program);
  CHECK(program.find("is yours, to see what is waiting for it:") != std::string::npos);
  CHECK(program.find(", in a program.") != std::string::npos);
  CHECK(program.find("Asked for on ") != std::string::npos);
  const std::string browser = mailed(CodePurpose::any, ClientKind::browser);
  CHECK(browser.find("is yours:") != std::string::npos);
  CHECK(browser.find(", in a browser.") != std::string::npos);
}

TEST_CASE("a code has five tries") {
  Asked asked;
  for (int i = 0; i < limits::code_tries_max; ++i) {
    CHECK(asked.confirm(asked.caller, "wrong").error().detail == "wrong_code");
  }
  CHECK(asked.confirm(asked.caller, asked.code).error().detail == "no_code");
}

TEST_CASE("a code lives half an hour") {
  Asked asked;
  asked.world.clock.advance(30min - 1ms);
  CHECK(asked.confirm(asked.caller, asked.code).has_value());
  Asked late;
  late.world.clock.advance(30min);
  CHECK(late.confirm(late.caller, late.code).error().detail == "no_code");
}

TEST_CASE("a proof ends by its age, by idling, and by forgetting") {
  Asked asked;
  const Result<Verification> proof = asked.confirm(asked.caller, asked.code);
  REQUIRE(proof.has_value());
  Verify verify(*asked.world.parts);
  const Address anna{"anna@example.org"};
  for (int day = 0; day < 29; ++day) {
    asked.world.clock.advance(24h);
    CHECK(verify.prove(asked.caller, anna).has_value());
  }
  asked.world.clock.advance(24h);
  CHECK(verify.prove(asked.caller, anna).error().code == ErrorCode::unproven);

  Asked idle;
  REQUIRE(idle.confirm(idle.caller, idle.code).has_value());
  idle.world.clock.advance(limits::verification_idle);
  CHECK(Verify(*idle.world.parts).list(idle.caller)->empty());

  Asked gone;
  const Result<Verification> held = gone.confirm(gone.caller, gone.code);
  CHECK(Verify(*gone.world.parts).forget(asked.caller, held->verification_id).error().code ==
        ErrorCode::denied);
  CHECK(Verify(*gone.world.parts).forget(gone.caller, held->verification_id).has_value());
  CHECK(Verify(*gone.world.parts).list(gone.caller)->empty());
}

TEST_CASE("an address gets a few codes an hour; more are silently not mailed") {
  Asked asked;
  Verify verify(*asked.world.parts);
  const std::size_t before = asked.world.transport.mails.size();
  for (int i = 1; i < limits::codes_per_address_max + 3; ++i) {
    CHECK(verify.request(asked.caller, {"anna@example.org", Language::de}).has_value());
  }
  asked.world.deliver();
  CHECK(asked.world.transport.mails.size() == before + limits::codes_per_address_max - 1);
}

TEST_CASE("a network gets so many codes an hour, then it is told to wait") {
  TestWorld world;
  Verify verify(*world.parts);
  const Caller caller{{}, "192.0.2.1"};
  for (int i = 0; i < limits::codes_per_network_max; ++i) {
    const std::string address = "a" + std::to_string(i) + "@example.org";
    REQUIRE(verify.request(caller, {address, Language::de}).has_value());
  }
  CHECK(verify.request(caller, {"b@example.org", Language::de}).error().code ==
        ErrorCode::throttled);
  CHECK(verify.request({{}, "192.0.2.2"}, {"b@example.org", Language::de}).has_value());
  CHECK(verify.request(caller, {"not an address", Language::de}).error().code ==
        ErrorCode::invalid);
}

TEST_CASE("what a network asks for beyond its limit writes nothing and counts for nobody else") {
  TestWorld world;
  Verify verify(*world.parts);
  const Caller flood{{}, "192.0.2.1"};
  for (int i = 0; i < limits::codes_per_network_max; ++i) {
    REQUIRE(verify.request(flood, {"a" + std::to_string(i) + "@example.org", Language::de}));
  }
  const std::int64_t before = sum_of_counters(world);
  for (int i = 0; i < limits::codes_per_server_max; ++i) {
    const auto refused = verify.request(flood, {"b@example.org", Language::de});
    REQUIRE(refused.error().code == ErrorCode::throttled);
  }
  CHECK(sum_of_counters(world) == before);
  CHECK(verify.request({{}, "192.0.2.2"}, {"b@example.org", Language::de}));
}

TEST_CASE("the server mails so many codes an hour, whatever the networks") {
  TestWorld world;
  Verify verify(*world.parts);
  for (int i = 0; i < limits::codes_per_server_max; ++i) {
    const Caller caller{{}, "10.0." + std::to_string(i / 200) + "." + std::to_string(i % 200)};
    REQUIRE(verify.request(caller, {"a" + std::to_string(i) + "@example.org", Language::de}));
  }
  const Caller next{{}, "192.0.2.1"};
  CHECK(verify.request(next, {"b@example.org", Language::de}).error().code == ErrorCode::throttled);
  world.clock.advance(1h);
  CHECK(verify.request(next, {"b@example.org", Language::de}));
}

TEST_CASE("rows of strangers who never prove anything are swept") {
  TestWorld world;
  Verify verify(*world.parts);
  for (int i = 0; i < 10; ++i) {
    const std::string address = "a" + std::to_string(i) + "@example.org";
    REQUIRE(verify.request({{}, "192.0.2.1"}, {address, Language::de}));
  }
  const Caller proven = world.verified("anna@example.org");
  CHECK(count_rows(world, "session") == 11);
  CHECK(count_rows(world, "code") == 10);
  world.clock.advance(30min);
  sweep(*world.parts);
  CHECK(count_rows(world, "code") == 0);
  world.clock.advance(30min + 1s);
  sweep(*world.parts);
  CHECK(count_rows(world, "session") == 1);
  CHECK(verify.list(proven)->size() == 1);
  world.clock.advance(48h);
  sweep(*world.parts);
  CHECK(count_rows(world, "counter") == 0);
}

TEST_CASE("a code that is over is not mailed any more when the mail server comes back") {
  TestWorld world;
  world.transport.answer = Error(ErrorCode::unavailable, "away");
  REQUIRE(Verify(*world.parts).request({{}, "192.0.2.1"}, {"anna@example.org", Language::de}));
  for (int minute = 0; minute < 40; ++minute) {
    world.deliver();
    world.clock.advance(1min);
  }
  CHECK(count_rows(world, "outbox") == 0);
}
