#include "service/quick_people.h"

#include <doctest/doctest.h>

#include <thread>

#include "crypto/hash.h"
#include "sealing/contact_book.h"
#include "service/expire_round.h"
#include "service/quick_mails.h"
#include "service/test_world.h"

using namespace couvert;
using namespace std::chrono_literals;

namespace {

// A client as it runs somewhere, with what it alone knows.
struct PlayedClient {
  DeviceId device;
  Secret<32> key;
  DeviceProof proof;

  PlayedClient(TestWorld& world, const std::string& address)
      : device(DeviceId::make(world.random)), key(world.random.secret<32>()) {
    proof = {device, hash_secret(device_token(key, address, device))};
  }
};

struct QuickWorld {
  TestWorld world;
  QuickPeople people{*world.parts};
  Address anna{"anna@example.org"};
  Caller caller = world.verified("anna@example.org");
  PersonSecret person = make_person(world.random);
  PlayedClient first{world, anna.text};
  Secret<16> recovery = world.random.secret<16>();

  NewClient new_client(const PlayedClient& client, std::string name = "Firefox") {
    return {client.proof, std::move(name),
            seal_person(client.key, anna.text, person, world.random)};
  }
  Sha256Digest member() const { return hash_secret(member_token(person.book_key, anna.text)); }
  Buffer under_code(const Secret<16>& code) {
    return seal_person(code_key(code, anna.text), anna.text, person, world.random);
  }
  Buffer book(std::uint64_t version) {
    return seal_book(person.book_key, {anna.text, version}, {}, world.random).value();
  }
  Activation activation() {
    return {anna, person.public_key, member(), under_code(recovery), book(1), new_client(first)};
  }
  void activate() { REQUIRE(people.activate(caller, activation(), IfActive::refuse).has_value()); }
};

template <class T>
ErrorCode code_of(const Result<T>& result) {
  REQUIRE_FALSE(result.has_value());
  return result.error().code;
}

}  // namespace

TEST_CASE("QUICK: an activated client gets its secret back, and nobody else does") {
  QuickWorld quick;
  CHECK(code_of(quick.people.own(quick.first.proof)) == ErrorCode::unproven);
  quick.activate();
  const auto own = quick.people.own(quick.first.proof);
  REQUIRE(own.has_value());
  CHECK(own->address == quick.anna);
  CHECK(own->key == quick.person.public_key);
  CHECK(own->book_version == 1);
  CHECK(open_person(quick.first.key, quick.anna.text, own->sealed).has_value());
  DeviceProof wrong = quick.first.proof;
  wrong.token_hash[0] ^= std::byte{1};
  CHECK(code_of(quick.people.own(wrong)) == ErrorCode::unproven);
  wrong = quick.first.proof;
  wrong.device.bytes[0] ^= std::byte{1};
  CHECK(code_of(quick.people.own(wrong)) == ErrorCode::unproven);
}

TEST_CASE("QUICK: activating needs the mailbox, and what is sealed has its length") {
  QuickWorld quick;
  const auto refused = [&](const Activation& activation) {
    return code_of(quick.people.activate(quick.caller, activation, IfActive::refuse));
  };
  CHECK(code_of(quick.people.activate({{}, "127.0.0.1"}, quick.activation(), IfActive::refuse)) ==
        ErrorCode::unproven);
  Activation other = quick.activation();
  other.address = {"bert@example.net"};
  CHECK(refused(other) == ErrorCode::unproven);
  other = quick.activation();
  other.key[64] ^= std::byte{1};
  CHECK(refused(other) == ErrorCode::invalid);
  other = quick.activation();
  other.recovery.pop_back();
  CHECK(refused(other) == ErrorCode::invalid);
  other = quick.activation();
  other.client.sealed.push_back(std::byte{0});
  CHECK(refused(other) == ErrorCode::invalid);
  other = quick.activation();
  other.book.resize(71);
  CHECK(refused(other) == ErrorCode::invalid);
  other.book.resize(limits::contact_book_bytes_max + (std::size_t{1} << 20));
  CHECK(refused(other) == ErrorCode::too_large);
  for (const std::string& name : {std::string(), std::string(101, 'a'), std::string("a\nb")}) {
    other = quick.activation();
    other.client.name = name;
    CHECK(refused(other) == ErrorCode::invalid);
  }
  quick.activate();
}

TEST_CASE("QUICK: the same activation again is none, another one has to start anew") {
  QuickWorld quick;
  const Activation activation = quick.activation();
  REQUIRE(quick.people.activate(quick.caller, activation, IfActive::refuse).has_value());
  CHECK(quick.people.activate(quick.caller, activation, IfActive::refuse).has_value());
  PlayedClient second(quick.world, quick.anna.text);
  REQUIRE(
      quick.people.add_client(quick.caller, quick.anna, quick.member(), quick.new_client(second))
          .has_value());
  REQUIRE(quick.people.leave_code(second.proof, quick.under_code(quick.recovery)).has_value());

  QuickWorld later;  // the same person with other keys
  Activation anew = later.activation();
  const auto refused = quick.people.activate(quick.caller, anew, IfActive::refuse);
  CHECK(code_of(refused) == ErrorCode::conflict);
  CHECK(refused.error().detail == "active");
  REQUIRE(quick.people.activate(quick.caller, anew, IfActive::start_anew).has_value());
  CHECK(quick.people.own(later.first.proof)->key == later.person.public_key);
  CHECK(code_of(quick.people.own(quick.first.proof)) == ErrorCode::unproven);
  CHECK(code_of(quick.people.own(second.proof)) == ErrorCode::unproven);
  CHECK(code_of(quick.people.take_code(quick.caller, quick.anna)) == ErrorCode::denied);
}

TEST_CASE("QUICK: one more client comes by a code, once, within ten minutes") {
  QuickWorld quick;
  quick.activate();
  const Secret<16> code = quick.world.random.secret<16>();
  CHECK(code_of(quick.people.take_code(quick.caller, quick.anna)) == ErrorCode::denied);
  CHECK(code_of(quick.people.leave_code(quick.first.proof, Buffer(200))) == ErrorCode::invalid);
  REQUIRE(quick.people.leave_code(quick.first.proof, quick.under_code(code)).has_value());
  CHECK(code_of(quick.people.take_code({{}, ""}, quick.anna)) == ErrorCode::unproven);
  const auto left = quick.people.take_code(quick.caller, quick.anna);
  REQUIRE(left.has_value());
  const auto person = open_person(code_key(code, quick.anna.text), quick.anna.text, *left);
  REQUIRE(person.has_value());
  CHECK(code_of(quick.people.take_code(quick.caller, quick.anna)) == ErrorCode::denied);

  PlayedClient second(quick.world, quick.anna.text);
  REQUIRE(
      quick.people
          .add_client(quick.caller, quick.anna, quick.member(), quick.new_client(second, "Büro"))
          .has_value());
  const auto clients = quick.people.clients(quick.first.proof);
  REQUIRE(clients->size() == 2);
  CHECK(quick.people.own(second.proof)->key == quick.person.public_key);

  REQUIRE(quick.people.leave_code(second.proof, quick.under_code(code)).has_value());
  quick.world.clock.advance(10min);
  CHECK(code_of(quick.people.take_code(quick.caller, quick.anna)) == ErrorCode::denied);
}

TEST_CASE("QUICK: whoever has proven the mailbox is told where they stand") {
  QuickWorld quick;
  const auto standing = [&] { return quick.people.standing(quick.caller, quick.anna); };
  CHECK(code_of(quick.people.standing({{}, ""}, quick.anna)) == ErrorCode::unproven);
  CHECK_FALSE(standing()->active);
  quick.activate();
  CHECK(standing()->active);
  CHECK_FALSE(standing()->code_waiting);
  const Secret<16> code = quick.world.random.secret<16>();
  REQUIRE(quick.people.leave_code(quick.first.proof, quick.under_code(code)).has_value());
  CHECK(standing()->code_waiting);
  quick.world.clock.advance(10min);
  CHECK_FALSE(standing()->code_waiting);
}

TEST_CASE("QUICK: who has the mailbox alone comes in nowhere") {
  QuickWorld quick;
  PlayedClient thief(quick.world, quick.anna.text);
  CHECK(code_of(quick.people.add_client(quick.caller, quick.anna, quick.member(),
                                        quick.new_client(thief))) == ErrorCode::denied);
  quick.activate();
  Sha256Digest guess = quick.member();
  guess[31] ^= std::byte{1};
  CHECK(code_of(quick.people.add_client(quick.caller, quick.anna, guess,
                                        quick.new_client(thief))) == ErrorCode::refused);
  CHECK(code_of(quick.people.add_client({{}, ""}, quick.anna, quick.member(),
                                        quick.new_client(thief))) == ErrorCode::unproven);
  CHECK(code_of(quick.people.book(thief.proof)) == ErrorCode::unproven);
  CHECK(code_of(quick.people.put_book(thief.proof, {2, quick.book(2)})) == ErrorCode::unproven);
  CHECK(code_of(quick.people.clients(thief.proof)) == ErrorCode::unproven);
  CHECK(code_of(quick.people.revoke(thief.proof, quick.first.device)) == ErrorCode::unproven);
  CHECK(code_of(quick.people.leave_code(thief.proof, quick.under_code(quick.recovery))) ==
        ErrorCode::unproven);
  CHECK(code_of(quick.people.renew_recovery(thief.proof, quick.under_code(quick.recovery))) ==
        ErrorCode::unproven);
}

TEST_CASE("QUICK: a recovery code opens until it is renewed") {
  QuickWorld quick;
  CHECK(code_of(quick.people.recovery(quick.caller, quick.anna)) == ErrorCode::denied);
  quick.activate();
  const auto open = [&](const Secret<16>& code) {
    const auto sealed = quick.people.recovery(quick.caller, quick.anna);
    REQUIRE(sealed.has_value());
    return open_person(code_key(code, quick.anna.text), quick.anna.text, *sealed).has_value();
  };
  CHECK(open(quick.recovery));
  CHECK(open(quick.recovery));
  const Secret<16> next = quick.world.random.secret<16>();
  CHECK(code_of(quick.people.renew_recovery(quick.first.proof, {})) == ErrorCode::invalid);
  REQUIRE(quick.people.renew_recovery(quick.first.proof, quick.under_code(next)).has_value());
  CHECK(open(next));
  CHECK_FALSE(open(quick.recovery));
}

TEST_CASE("QUICK: of clients that write the book at once exactly one is first") {
  QuickWorld quick;
  quick.activate();
  std::vector<PlayedClient> clients;
  for (int i = 0; i < 4; ++i) {
    clients.emplace_back(quick.world, quick.anna.text);
    REQUIRE(
        quick.people
            .add_client(quick.caller, quick.anna, quick.member(), quick.new_client(clients.back()))
            .has_value());
  }
  const Buffer second = quick.book(2);
  std::atomic<int> taken{0};
  std::vector<std::thread> threads;
  threads.reserve(clients.size());
  for (const PlayedClient& client : clients) {
    threads.emplace_back([&] {
      const Result<> put = quick.people.put_book(client.proof, {2, second});
      if (put) ++taken;
      if (!put) CHECK(put.error().detail == "book_version");
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(taken == 1);
  CHECK(code_of(quick.people.put_book(quick.first.proof, {4, quick.book(4)})) ==
        ErrorCode::conflict);
  CHECK(code_of(quick.people.put_book(quick.first.proof, {3, Buffer(10)})) == ErrorCode::invalid);
  REQUIRE(quick.people.put_book(quick.first.proof, {3, quick.book(3)}).has_value());
  CHECK(quick.people.book(clients[0].proof)->version == 3);
}

TEST_CASE("QUICK: a revoked client gets nothing any more, and others stay") {
  QuickWorld quick;
  quick.activate();
  PlayedClient second(quick.world, quick.anna.text);
  REQUIRE(
      quick.people.add_client(quick.caller, quick.anna, quick.member(), quick.new_client(second))
          .has_value());
  CHECK(code_of(quick.people.revoke(second.proof, DeviceId::make(quick.world.random))) ==
        ErrorCode::denied);
  REQUIRE(quick.people.revoke(second.proof, quick.first.device).has_value());
  CHECK(code_of(quick.people.own(quick.first.proof)) == ErrorCode::unproven);
  CHECK(code_of(quick.people.book(quick.first.proof)) == ErrorCode::unproven);
  CHECK(quick.people.own(second.proof).has_value());
}

TEST_CASE("QUICK: a client's last use is noted to the hour, and a person has twenty at most") {
  QuickWorld quick;
  quick.activate();
  const Instant since = quick.people.clients(quick.first.proof)->front().used;
  quick.world.clock.advance(59min);
  REQUIRE(quick.people.own(quick.first.proof).has_value());
  CHECK(quick.people.clients(quick.first.proof)->front().used == since);
  quick.world.clock.advance(1min);
  REQUIRE(quick.people.own(quick.first.proof).has_value());
  CHECK(quick.people.clients(quick.first.proof)->front().used == since + 1h);

  for (std::size_t i = 1; i < limits::quick_clients_max; ++i) {
    PlayedClient more(quick.world, quick.anna.text);
    CHECK(quick.people.add_client(quick.caller, quick.anna, quick.member(), quick.new_client(more))
              .has_value());
  }
  PlayedClient over(quick.world, quick.anna.text);
  CHECK(code_of(quick.people.add_client(quick.caller, quick.anna, quick.member(),
                                        quick.new_client(over))) == ErrorCode::full);
}

TEST_CASE("QUICK: a reset by the operator ends a person and opens nothing") {
  QuickWorld quick;
  const auto reset = [&] {
    return quick.world.database->write(
        [&](Transaction& tx) { return reset_quick(tx, quick.anna, quick.world.clock.now()); });
  };
  CHECK(code_of(reset()) == ErrorCode::denied);
  quick.activate();
  REQUIRE(reset().has_value());
  CHECK(code_of(quick.people.own(quick.first.proof)) == ErrorCode::unproven);
  CHECK(code_of(quick.people.recovery(quick.caller, quick.anna)) == ErrorCode::denied);
  quick.activate();
}
