#include "service/programs.h"

#include <doctest/doctest.h>

#include "service/expire_round.h"
#include "service/test_world.h"

using namespace couvert;
using namespace std::chrono_literals;

namespace {

const Caller stranger{{}, "192.0.2.7"};

// Anna's browser, and a program that asks for her.
struct Letting {
  TestWorld world;
  Programs programs{*world.parts};
  Caller person = world.verified("anna@example.org");
  VerificationId proof = Verify(*world.parts).list(person)->front().verification_id;

  ProgramCodes ask(const Scopes& scopes = {Scope::send}) {
    Result<ProgramCodes> codes = programs.ask(stranger, "Backup", scopes);
    REQUIRE(codes.has_value());
    return std::move(*codes);
  }
  ErrorCode polled(const ProgramCodes& codes) {
    const Result<ProgramAccess> access = programs.poll(codes.device_code);
    REQUIRE_FALSE(access.has_value());
    return access.error().code;
  }
  Caller let_in(const Scopes& scopes) {
    const ProgramCodes codes = ask(scopes);
    REQUIRE(programs.allow(person, codes.user_code, {proof}).has_value());
    const Result<ProgramAccess> access = programs.poll(codes.device_code);
    REQUIRE(access.has_value());
    const Sha256Digest hash = hash_secret(access->token);
    return {Buffer(hash.begin(), hash.end()), "192.0.2.7"};
  }
};

}  // namespace

TEST_CASE("a program that keeps its pause waits, one that does not is slowed down") {
  Letting here;
  const ProgramCodes codes = here.ask();
  CHECK(here.polled(codes) == ErrorCode::conflict);
  here.world.clock.advance(5s);
  CHECK(here.polled(codes) == ErrorCode::conflict);
  here.world.clock.advance(4s);
  CHECK(here.programs.poll(codes.device_code).error().detail == "slow_down 10");
  here.world.clock.advance(9s);
  CHECK(here.programs.poll(codes.device_code).error().detail == "slow_down 15");
  here.world.clock.advance(15s);
  CHECK(here.polled(codes) == ErrorCode::conflict);
  for (int i = 0; i < 20; ++i) CHECK(here.polled(codes) == ErrorCode::throttled);
  CHECK(here.programs.poll(codes.device_code).error().detail == "slow_down 60");
}

TEST_CASE("a code lives ten minutes, for the program and for the person") {
  Letting here;
  const ProgramCodes codes = here.ask();
  here.world.clock.advance(10min - 1s);
  CHECK(here.programs.find(here.person, codes.user_code).has_value());
  CHECK(here.polled(codes) == ErrorCode::conflict);
  here.world.clock.advance(1s);
  CHECK(here.programs.find(here.person, codes.user_code).error().code == ErrorCode::denied);
  CHECK(here.polled(codes) == ErrorCode::expired);
  Letting late;
  const ProgramCodes allowed = late.ask();
  REQUIRE(late.programs.allow(late.person, allowed.user_code, {late.proof}).has_value());
  late.world.clock.advance(10min);
  CHECK(late.polled(allowed) == ErrorCode::expired);
}

TEST_CASE("a program's token is given once") {
  Letting here;
  const ProgramCodes codes = here.ask();
  REQUIRE(here.programs.allow(here.person, codes.user_code, {here.proof}).has_value());
  CHECK(here.programs.poll(codes.device_code).has_value());
  CHECK(here.polled(codes) == ErrorCode::expired);
}

TEST_CASE("a program may do what its scopes say, and proves its one address") {
  Letting here;
  const Caller program = here.let_in({Scope::sent, Scope::quick});
  for (const Scope scope : {Scope::sent, Scope::quick}) {
    CHECK(here.programs.may(program, scope).has_value());
  }
  for (const Scope scope : {Scope::send, Scope::receive, Scope::account, Scope::verify}) {
    const Result<> may = here.programs.may(program, scope);
    REQUIRE_FALSE(may.has_value());
    CHECK(may.error().detail == "scope");
  }
  CHECK(here.programs.may(program, std::nullopt).has_value());
  CHECK(here.programs.may(here.person, Scope::verify).has_value());
  CHECK(here.programs.may(stranger, Scope::verify).has_value());
  const Result<std::vector<Verification>> held = Verify(*here.world.parts).list(program);
  REQUIRE(held->size() == 1);
  CHECK(held->front().address.text == "anna@example.org");
}

TEST_CASE("a program that was ended can do nothing from that moment on") {
  Letting here;
  const Caller program = here.let_in({Scope::sent});
  const Result<std::vector<ListedProgram>> listed = here.programs.list(here.person, here.proof);
  REQUIRE(listed->size() == 1);
  CHECK(listed->front().program.name == "Backup");
  REQUIRE(here.programs.end(here.person, here.proof, listed->front().program.program_id));
  CHECK(Verify(*here.world.parts).list(program)->empty());
  CHECK(here.programs.list(here.person, here.proof)->empty());
  CHECK(sweep(*here.world.parts));
}

TEST_CASE("programs that were not used make room for others, and are swept") {
  Letting here;
  for (std::size_t i = 0; i < limits::programs_per_address_max; ++i) here.let_in({Scope::sent});
  const ProgramCodes full = here.ask();
  const Result<> refused = here.programs.allow(here.person, full.user_code, {here.proof});
  REQUIRE_FALSE(refused.has_value());
  CHECK(refused.error().detail == "programs");
  here.world.clock.advance(24h * 13);
  CHECK(Verify(*here.world.parts).prove(here.person, Address{"anna@example.org"}).has_value());
  here.world.clock.advance(24h);
  CHECK(here.programs.list(here.person, here.proof)->empty());
  here.let_in({Scope::send});
  here.world.clock.advance(24h * 31);
  CHECK(sweep(*here.world.parts));
  const auto left = here.world.database->read_value(
      [](Transaction& tx) { return programs_of(tx, Address{"anna@example.org"}); });
  CHECK(left->empty());
}

TEST_CASE("wrong user codes are counted for a session and a network, right ones are not") {
  Letting here;
  const ProgramCodes codes = here.ask();
  for (int i = 0; i < 30; ++i) REQUIRE(here.programs.find(here.person, codes.user_code));
  const auto guess = [&](const Caller& caller) {
    const Result<ProgramWish> found = here.programs.find(caller, "BBBB-BBBB");
    REQUIRE_FALSE(found.has_value());
    return found.error().code;
  };
  for (int i = 0; i < limits::wrong_user_codes_per_session_max; ++i) {
    CHECK(guess(here.person) == ErrorCode::denied);
  }
  CHECK(guess(here.person) == ErrorCode::throttled);
  CHECK(here.programs.find(here.person, codes.user_code).error().code == ErrorCode::throttled);
  int denied = 0;
  for (int i = 0; i < 6; ++i) {
    Caller other = here.world.verified("carl" + std::to_string(i) + "@example.org");
    other.network = here.person.network;
    while (guess(other) == ErrorCode::denied) ++denied;
  }
  CHECK(denied ==
        limits::wrong_user_codes_per_network_max - limits::wrong_user_codes_per_session_max);
}

TEST_CASE("a network's wishes are bounded in an hour, and those past it write nothing") {
  Letting here;
  for (int i = 0; i < limits::program_wishes_per_network_max; ++i) here.ask();
  const Result<ProgramCodes> more = here.programs.ask(stranger, "Backup", {Scope::send});
  REQUIRE_FALSE(more.has_value());
  CHECK(more.error().code == ErrorCode::throttled);
  CHECK(here.programs.ask({{}, "192.0.2.8"}, "Backup", {Scope::send}).has_value());
  here.world.clock.advance(1h);
  here.ask();
}
