#include "client/quick_person.h"

#include <doctest/doctest.h>

#include "client/quick_joining.h"
#include "client/test_id.h"
#include "client/test_quick_server.h"
#include "crypto/random.h"
#include "crypto/secret_bytes.h"
#include "sealing/test_random.h"

using namespace couvert;

namespace {

const std::string ann = "ann@example.org";
const std::string bob = "bob@example.net";
const std::string carl = "carl@example.net";
const SealId seal = counting_id<SealId>(0xa0);
const std::string book_path = "/api/v1/quick/book";
const std::string take_path = "/api/v1/quick/answers/take";

// A person at a server of its own, with what a client needs.
struct QuickWorld {
  explicit QuickWorld(const std::string& address)
      : line(server, ServerUrl{"https://example.org"}),
        client(line),
        made(make_device(address, make_person(random), random)) {
    server.address = address;
    server.public_key = made.person.public_key;
    server.sealed = describe_device(made, "here", random).sealed;
    put_book(1, ContactBook());
  }

  QuickParts parts() { return {client, keeper, random, patience}; }
  OwnDevice device() const {
    const OwnDevice& own = made.device;
    return {own.address, own.device, own.key.clone(), own.public_key, own.seen};
  }
  // With its book read.
  OpenPerson open() {
    Answer<OpenPerson> person = OpenPerson::open(parts(), device());
    REQUIRE(person);
    REQUIRE(person->read_book());
    return std::move(*person);
  }
  void put_book(std::uint64_t version, const ContactBook& book) {
    const auto sealed =
        seal_book(made.person.book_key, {made.device.address, version}, book, random);
    server.book = {version, *sealed};
  }
  // The book as the server has it now.
  ContactBook stored() const {
    return *open_book(made.person.book_key, {made.device.address, server.book.version},
                      server.book.sealed);
  }
  QuickPerson self() const { return {made.device.address, made.person.public_key}; }
  void show(const QuickPerson& person) {
    server.shown.push_back(Json(Json::Object{{"address", std::string(person.address)},
                                             {"public_key", encode_base64url(person.key)}}));
  }

  SystemRandom random;
  QuickTestServer server;
  CountedPatience patience;
  CountedKeeper keeper;
  ApiLine line;
  QuickClient client;
  NewDevice made;
};

std::string reason_of(const Answer<>& answer) {
  return answer ? "none" : answer.error().reason;
}

// An answer to an invitation with `secret` by `other`, in its JSON.
Json answer_json(const Secret<32>& secret, const QuickPerson& sender, const QuickPerson& other) {
  const QuickAnswer made{other.key, answer_tag(secret, seal, sender, other)};
  return Json(Json::Object{{"seal_id", seal.text()},
                           {"recipient", std::string(other.address)},
                           {"answer", encode_base64url(encode_answer(made))}});
}

Secret<32> invite_one(OpenPerson& person, const std::string& address) {
  Answer<Secret<32>> secret = person.invite(seal, {{address, ContactState::none}});
  REQUIRE(secret);
  return std::move(*secret);
}

}  // namespace

TEST_CASE("the keys that the server keeps for a device open, if they are those it has seen") {
  QuickWorld world(ann);
  QuickWorld other(bob);
  const auto opened = OpenPerson::open(world.parts(), world.device());
  REQUIRE(opened);
  CHECK(opened->check_code() == fingerprint(world.self()));
  world.server.public_key = other.made.person.public_key;
  CHECK(OpenPerson::open(world.parts(), world.device()).error().reason == reasons::person_key);
  world.server.public_key = world.made.person.public_key;
  world.server.address = bob;
  CHECK(OpenPerson::open(world.parts(), world.device()).error().reason == reasons::person_key);
  world.server.address = ann;
  world.server.sealed = other.server.sealed;
  CHECK(OpenPerson::open(world.parts(), world.device()).error().reason == reasons::own_keys);
  // Another person's secret, rightly sealed under this device's key.
  world.server.sealed = seal_person(world.made.device.key, ann, other.made.person, world.random);
  CHECK(OpenPerson::open(world.parts(), world.device()).error().reason == reasons::person_key);
}

TEST_CASE("a device that the server does not know is told so") {
  QuickWorld world(ann);
  world.server.before = [](Method, const std::string&) {
    return QuickTestServer::said(401, R"({"status":401,"code":"unproven"})");
  };
  const auto opened = OpenPerson::open(world.parts(), world.device());
  CHECK(opened.error().code == ErrorCode::unproven);
  CHECK(opened.error().reason == reasons::device);
}

TEST_CASE("a book that was rolled back, or is another of its version, is refused and not kept") {
  QuickWorld world(ann);
  const auto first = world.server.book;
  OpenPerson person = world.open();
  CHECK(world.keeper.last.version == 1);
  REQUIRE(person.unpin(bob));  // nothing to change
  CHECK(world.server.book.version == 1);
  invite_one(person, bob);
  CHECK(world.server.book.version == 2);
  CHECK(world.keeper.last.version == 2);
  const auto second = world.server.book;
  const int kept = world.keeper.kept;
  world.server.book = first;
  CHECK(reason_of(person.read_book()) == reasons::book_rolled_back);
  world.put_book(2, ContactBook());
  CHECK(reason_of(person.read_book()) == reasons::book_rolled_back);
  world.server.book = {2, first.sealed};
  CHECK(reason_of(person.read_book()) == reasons::book_rolled_back);
  world.server.book = {3, first.sealed};
  CHECK(reason_of(person.read_book()) == reasons::book_damaged);
  CHECK(world.keeper.kept == kept);
  CHECK(person.book().invitations.size() == 1);
  world.server.book = second;
  CHECK(person.read_book());
}

TEST_CASE("a change meets what another device has changed meanwhile, and both stay") {
  QuickWorld world(ann);
  OpenPerson person = world.open();
  QuickWorld other(carl);
  ContactBook theirs;
  REQUIRE(pin(theirs, other.self()));
  world.put_book(2, theirs);
  invite_one(person, bob);
  CHECK(world.server.book.version == 3);
  const ContactBook book = world.stored();
  CHECK(book.contacts.size() == 1);
  CHECK(book.invitations.size() == 1);
}

TEST_CASE("five tries meet a newer book each time, then the change is given up") {
  QuickWorld world(ann);
  OpenPerson person = world.open();
  int puts = 0;
  world.server.before = [&](Method method, const std::string& path) {
    if (path == book_path && method == Method::put) {
      ++puts;
      world.put_book(world.server.book.version + 1, ContactBook());
    }
    return std::nullopt;
  };
  const auto secret = person.invite(seal, {{bob, ContactState::none}});
  CHECK(secret.error().reason == reasons::book_busy);
  CHECK(puts == 5);
  CHECK(world.stored().invitations.empty());
}

TEST_CASE("a book whose taking nobody heard of is found to be ours") {
  QuickWorld world(ann);
  QuickWorld other(bob);
  OpenPerson person = world.open();
  const Secret<32> secret = invite_one(person, bob);
  world.server.answers = {answer_json(secret, world.self(), other.self())};
  int puts = 0;
  world.server.after = [&](Method method,
                           const std::string& path) -> std::optional<Answer<HttpAnswer>> {
    if (path == book_path && method == Method::put && ++puts == 1) {
      return tl::make_unexpected(broken_line());
    }
    return std::nullopt;
  };
  const auto news = person.take_answers();
  REQUIRE(news);
  CHECK(puts == 2);
  CHECK(world.server.book.version == 3);
  CHECK(find_contact(person.book(), bob) != nullptr);
  // The change was made once: what it came to is told as if nothing had been lost.
  REQUIRE(news->size() == 1);
  CHECK(news->front().kind == AnswerNews::Kind::connected);
}

TEST_CASE("a change that cannot be remembered is none that a command builds on") {
  QuickWorld world(ann);
  OpenPerson person = world.open();
  world.keeper.is_full = true;
  const auto secret = person.invite(seal, {{bob, ContactState::none}});
  CHECK(secret.error().code == ErrorCode::full);
}

TEST_CASE("an answer that fits connects, once, and is told to be taken") {
  QuickWorld world(ann);
  QuickWorld other(bob);
  OpenPerson person = world.open();
  const Secret<32> secret = invite_one(person, bob);
  world.server.answers = {answer_json(secret, world.self(), other.self())};
  const auto news = person.take_answers();
  REQUIRE(news);
  REQUIRE(news->size() == 1);
  CHECK(news->front().kind == AnswerNews::Kind::connected);
  CHECK(find_contact(world.stored(), bob) != nullptr);
  CHECK(world.stored().invitations.empty());
  CHECK(world.server.count(take_path) == 1);
  // Told again, it changes nothing.
  const std::uint64_t version = world.server.book.version;
  CHECK(person.take_answers()->empty());
  CHECK(world.server.book.version == version);
  // Nor after a human has ended the connection.
  REQUIRE(person.unpin(bob));
  CHECK(person.take_answers()->empty());
  CHECK(find_contact(world.stored(), bob) == nullptr);
}

TEST_CASE("an answer by who has not read the invitation pins nobody, and is not told as taken") {
  QuickWorld world(ann);
  QuickWorld other(bob);
  QuickWorld third(carl);
  OpenPerson person = world.open();
  const Secret<32> secret = invite_one(person, bob);
  const Secret<32> guessed = other.random.secret<32>();
  const Json made_up = answer_json(guessed, world.self(), other.self());
  // With the sender's key swapped on the way: the tag is about another one.
  const Json swapped = answer_json(secret, {ann, third.self().key}, other.self());
  Json cut = answer_json(secret, world.self(), other.self());
  cut.object()->back().second = encode_base64url(Buffer(97, std::byte{4}));
  for (const Json& wrong : {made_up, swapped, cut}) {
    world.server.answers = {wrong};
    const auto news = person.take_answers();
    REQUIRE(news);
    REQUIRE(news->size() == 1);
    CHECK(news->front().kind == AnswerNews::Kind::not_the_reader);
    CHECK(world.stored().contacts.empty());
    CHECK(world.stored().invitations.size() == 1);
  }
  CHECK(world.server.count(take_path) == 0);
}

TEST_CASE("an answer with another key than the pinned one changes nothing") {
  QuickWorld world(ann);
  QuickWorld other(bob);
  QuickWorld anew(bob);
  OpenPerson person = world.open();
  const Secret<32> secret = invite_one(person, bob);
  ContactBook book = world.stored();
  REQUIRE(pin(book, other.self()));
  world.put_book(3, book);
  world.server.answers = {answer_json(secret, world.self(), anew.self())};
  const auto news = person.take_answers();
  REQUIRE(news);
  CHECK(news->front().kind == AnswerNews::Kind::identity_changed);
  CHECK(find_contact(world.stored(), bob)->key == other.self().key);
  CHECK(world.server.book.version == 3);
}

TEST_CASE("how it stands with somebody follows from the book and the key that is shown") {
  QuickWorld world(ann);
  QuickWorld other(bob);
  QuickWorld anew(bob);
  ContactBook book;
  REQUIRE(pin(book, other.self()));
  invite(book, {carl, seal, world.random.secret<32>()});
  world.put_book(2, book);
  OpenPerson person = world.open();
  const auto state = [&](const std::string& address) {
    const auto standings = person.standings({address});
    REQUIRE(standings);
    return standings->front().state;
  };
  CHECK(state(bob) == ContactState::removed);
  world.show({bob, other.self().key});
  world.show({carl, anew.self().key});  // nobody asked for it
  CHECK(state(bob) == ContactState::connected);
  CHECK(state(carl) == ContactState::invited);
  CHECK(state("dora@example.net") == ContactState::none);
  world.server.shown.clear();
  world.show({bob, anew.self().key});
  CHECK(state(bob) == ContactState::changed);
  world.server.shown = {Json(Json::Object{{"address", bob}})};
  CHECK(state(bob) == ContactState::removed);
}

TEST_CASE("an envelope opens for its recipient alone, in its place, from its sender") {
  QuickWorld world(ann);
  QuickWorld other(bob);
  QuickWorld third(carl);
  ContactBook book;
  REQUIRE(pin(book, other.self()));
  world.put_book(2, book);
  OpenPerson sender = world.open();
  CHECK(sender.seal_for(seal, carl).error().reason == reasons::not_connected);
  const auto sealed = sender.seal_for(seal, bob);
  REQUIRE(sealed);

  ContactBook his;
  REQUIRE(pin(his, world.self()));
  REQUIRE(pin(his, third.self()));
  other.put_book(2, his);
  other.show(world.self());
  OpenPerson recipient = other.open();
  const api::TransferEnvelope right{seal, sealed->slot, 1, ann, bob, sealed->envelope};
  const auto opened = recipient.open_envelope(right);
  REQUIRE(opened);
  CHECK(secret_to_base64url(*opened) == secret_to_base64url(sealed->secret));

  const auto reason = [&](const api::TransferEnvelope& envelope) {
    const auto tried = recipient.open_envelope(envelope);
    return tried ? "none" : tried.error().reason;
  };
  api::TransferEnvelope wrong = right;
  wrong.seal = counting_id<SealId>(1);
  CHECK(reason(wrong) == reasons::envelope);
  wrong = right;
  wrong.slot = counting_id<SlotId>(1);
  CHECK(reason(wrong) == reasons::envelope);
  wrong = right;
  wrong.from = carl;
  CHECK(reason(wrong) == reasons::envelope);
  wrong.from = "dora@example.net";
  CHECK(reason(wrong) == reasons::not_connected);
  wrong = right;
  wrong.mode = 2;
  CHECK(reason(wrong) == "link_mode");
  wrong = right;
  wrong.envelope[112] ^= std::byte{1};
  CHECK(reason(wrong) == reasons::envelope);
  // By who started anew meanwhile: its new key has sealed it.
  QuickWorld anew(ann);
  anew.put_book(2, book);
  OpenPerson again = anew.open();
  const auto fresh = again.seal_for(seal, bob);
  other.server.shown.clear();
  other.show(anew.self());
  CHECK(reason({seal, fresh->slot, 1, ann, bob, fresh->envelope}) == reasons::identity_changed);
}

TEST_CASE("who accepts an invitation pins first and answers then; another key is refused") {
  QuickWorld world(ann);
  QuickWorld other(bob);
  QuickWorld anew(ann);
  OpenPerson person = other.open();
  const Secret<32> secret = other.random.secret<32>();
  const RetrievalAccess retrieval{.retrieval_id = id, .token = WipedText("tok")};
  const api::OpenInvitation invitation{seal, ann, bob, world.self().key, secret.clone()};
  REQUIRE(person.accept(retrieval, invitation));
  CHECK(find_contact(other.stored(), ann)->key == world.self().key);
  REQUIRE(other.server.asked.size() >= 2);
  CHECK(other.server.asked.back() == "/api/v1/retrievals/" + id + "/answer");
  CHECK(other.server.asked[other.server.asked.size() - 2] == book_path);
  const Json told = *parse_json(other.server.bodies.back(), {});
  const auto answer = parse_answer(*decode_base64url(*told.find("answer")->string()));
  REQUIRE(answer);
  CHECK(answer->key == other.self().key);
  CHECK(answer->tag == answer_tag(secret, seal, world.self(), other.self()));

  const std::size_t asked = other.server.asked.size();
  const api::OpenInvitation changed{seal, ann, bob, anew.self().key, secret.clone()};
  CHECK(reason_of(person.accept(retrieval, changed)) == reasons::identity_changed);
  CHECK(find_contact(other.stored(), ann)->key == world.self().key);
  CHECK(other.server.asked.size() == asked);
  const api::OpenInvitation foreign{seal, ann, carl, world.self().key, secret.clone()};
  CHECK(reason_of(person.accept(retrieval, foreign)) == "recipient");
}

TEST_CASE("an invitation goes to who was removed, and not to who was connected meanwhile") {
  QuickWorld world(ann);
  QuickWorld other(bob);
  QuickWorld third(carl);
  ContactBook book;
  REQUIRE(pin(book, other.self()));
  world.put_book(2, book);
  OpenPerson person = world.open();
  // Another device has connected Carl by now.
  REQUIRE(pin(book, third.self()));
  world.put_book(3, book);
  const auto secret =
      person.invite(seal, {{bob, ContactState::removed}, {carl, ContactState::none}});
  REQUIRE(secret);
  const ContactBook now = world.stored();
  CHECK(find_contact(now, bob) == nullptr);
  CHECK(find_contact(now, carl) != nullptr);
  REQUIRE(now.invitations.size() == 1);
  CHECK(now.invitations[0].to == bob);
  CHECK(secret_to_base64url(now.invitations[0].secret) == secret_to_base64url(*secret));
  REQUIRE(person.forget_invitations(seal));
  CHECK(world.stored().invitations.empty());
}

TEST_CASE("a removed contact whom another device has connected anew keeps the new key") {
  QuickWorld world(ann);
  QuickWorld other(bob);
  QuickWorld anew(bob);
  ContactBook book;
  REQUIRE(pin(book, other.self()));
  world.put_book(2, book);
  OpenPerson person = world.open();
  ContactBook later;
  REQUIRE(pin(later, anew.self()));
  world.put_book(3, later);
  REQUIRE(person.invite(seal, {{bob, ContactState::removed}}));
  CHECK(find_contact(world.stored(), bob)->key == anew.self().key);
  CHECK(world.stored().invitations.empty());
}

TEST_CASE("who ends a connection unpins and tells the server") {
  QuickWorld world(ann);
  QuickWorld other(bob);
  ContactBook book;
  REQUIRE(pin(book, other.self()));
  world.put_book(2, book);
  OpenPerson person = world.open();
  REQUIRE(person.end(bob));
  CHECK(world.stored().contacts.empty());
  CHECK(world.server.asked.back() == "/api/v1/quick/contacts/end");
  CHECK(world.server.bodies.back() == R"({"address":"bob@example.net"})");
}

TEST_CASE("keys are left under a code, and open under it alone") {
  QuickWorld world(ann);
  OpenPerson person = world.open();
  const Secret<16> code = world.random.secret<16>();
  const Secret<16> wrong = world.random.secret<16>();
  const auto left = [&] {
    const Json told = *parse_json(world.server.bodies.back(), {});
    return *decode_base64url(*told.find("sealed")->string());
  };
  REQUIRE(person.leave_for(code));
  CHECK(world.server.asked.back() == "/api/v1/quick/code");
  CHECK(open_left_keys(code, ann, left())->public_key == world.self().key);
  CHECK(open_left_keys(wrong, ann, left()).error().reason == reasons::wrong_code_key);
  CHECK(open_left_keys(code, bob, left()).error().reason == reasons::wrong_code_key);
  REQUIRE(person.renew_recovery(code));
  CHECK(world.server.asked.back() == "/api/v1/quick/recovery");
  CHECK(open_left_keys(code, ann, left()));
}

TEST_CASE("a line that breaks is tried again, and nothing is lost") {
  QuickWorld world(ann);
  int broken = 0;
  world.server.before = [&](Method, const std::string&) -> std::optional<Answer<HttpAnswer>> {
    if (++broken % 2 == 1) return tl::make_unexpected(broken_line());
    return std::nullopt;
  };
  OpenPerson person = world.open();
  invite_one(person, bob);
  CHECK(world.stored().invitations.size() == 1);
  CHECK(world.patience.waits > 0);
}
