// How a contact book changes: a key that is trusted is never replaced silently.
#include "sealing/contact_book.h"

#include <doctest/doctest.h>

#include "base/limits.h"
#include "crypto/compare.h"
#include "sealing/test_random.h"

using namespace couvert;

namespace {

// Two people; Anna has invited Bert by one transfer.
struct Invited {
  TestRandom random;
  PersonSecret anna = make_person(random);
  PersonSecret bert = make_person(random);
  SealId seal = counting_id<SealId>(0xa0);
  ContactBook book;

  Invited() { invite(book, {"bert@example.net", seal, counting_secret<32>(0)}); }

  QuickPerson self() const { return {"anna@example.org", anna.public_key}; }
  QuickAnswer answer(const P256PublicKey& key) const {
    return {key, answer_tag(counting_secret<32>(0), seal, self(), {"bert@example.net", key})};
  }
  Result<> take(const QuickAnswer& answer, std::string_view from = "bert@example.net") {
    return take_answer(book, self(), {seal, from, answer});
  }
};

ErrorCode code_of(const Result<>& result) {
  REQUIRE_FALSE(result.has_value());
  return result.error().code;
}

}  // namespace

TEST_CASE("an answer with its tag connects once, and no second time") {
  Invited two;
  const QuickAnswer answer = two.answer(two.bert.public_key);
  REQUIRE(two.take(answer).has_value());
  REQUIRE(find_contact(two.book, "bert@example.net") != nullptr);
  CHECK(find_contact(two.book, "bert@example.net")->key == two.bert.public_key);
  CHECK(two.book.invitations.empty());
  CHECK(code_of(two.take(answer)) == ErrorCode::denied);
}

TEST_CASE("a key that a server puts into an answer is not pinned") {
  Invited two;
  TestRandom random(counting(0x50, 64));
  const PersonSecret other = make_person(random);
  QuickAnswer swapped = two.answer(two.bert.public_key);
  swapped.key = other.public_key;
  CHECK(code_of(two.take(swapped)) == ErrorCode::refused);
  QuickAnswer spoiled = two.answer(two.bert.public_key);
  spoiled.tag[31] ^= std::byte{1};
  CHECK(code_of(two.take(spoiled)) == ErrorCode::refused);
  CHECK(code_of(two.take(two.answer(two.bert.public_key), "carl@example.net")) ==
        ErrorCode::denied);
  two.seal = counting_id<SealId>(0xa1);
  CHECK(code_of(two.take(two.answer(two.bert.public_key))) == ErrorCode::denied);
  CHECK(two.book.contacts.empty());
  CHECK(two.book.invitations.size() == 1);
}

TEST_CASE("an answer for another sender's key is not pinned") {
  Invited two;
  const QuickPerson other{"anna@example.org", two.bert.public_key};
  const QuickAnswer answer = two.answer(two.bert.public_key);
  CHECK(code_of(take_answer(two.book, other, {two.seal, "bert@example.net", answer})) ==
        ErrorCode::refused);
}

TEST_CASE("another key than the pinned one is refused until a human unpins") {
  Invited two;
  TestRandom random(counting(0x50, 64));
  const PersonSecret anew = make_person(random);
  REQUIRE(pin(two.book, {"bert@example.net", two.bert.public_key}).has_value());
  REQUIRE(pin(two.book, {"bert@example.net", two.bert.public_key}).has_value());
  CHECK(two.book.contacts.size() == 1);
  CHECK(code_of(pin(two.book, {"bert@example.net", anew.public_key})) == ErrorCode::conflict);
  CHECK(code_of(two.take(two.answer(anew.public_key))) == ErrorCode::conflict);
  CHECK(find_contact(two.book, "bert@example.net")->key == two.bert.public_key);
  unpin(two.book, "bert@example.net");
  CHECK(two.book.invitations.empty());  // an answer that is under way does not connect again
  CHECK(pin(two.book, {"bert@example.net", anew.public_key}).has_value());
}

TEST_CASE("two who invite each other at once end up with the same keys") {
  Invited two;
  // Bert has invited Anna as well: she opens that, and pins his key before his answer comes.
  REQUIRE(pin(two.book, {"bert@example.net", two.bert.public_key}).has_value());
  REQUIRE(two.take(two.answer(two.bert.public_key)).has_value());
  CHECK(two.book.contacts.size() == 1);
  CHECK(two.book.invitations.empty());
}

TEST_CASE("what is no key is not pinned") {
  ContactBook book;
  P256PublicKey wrong{};
  wrong[0] = std::byte{4};
  CHECK(code_of(pin(book, {"bert@example.net", wrong})) == ErrorCode::invalid);
  TestRandom random;
  CHECK(code_of(pin(book, {"", make_person(random).public_key})) == ErrorCode::invalid);
}

TEST_CASE("invitations end with their transfer, and the oldest goes where there are too many") {
  ContactBook book;
  const auto put = [&](unsigned number, const char* to) {
    Invitation one{to, {}, counting_secret<32>(number % 200)};
    one.seal.bytes[0] = static_cast<std::byte>(number >> 8);
    one.seal.bytes[1] = static_cast<std::byte>(number);
    invite(book, std::move(one));
  };
  for (unsigned i = 0; i < limits::invitations_max; ++i) put(i, "a@example.org");
  put(7, "a@example.org");  // again
  CHECK(book.invitations.size() == limits::invitations_max);
  put(7, "b@example.org");
  CHECK(book.invitations.size() == limits::invitations_max);
  CHECK(book.invitations.front().seal.bytes[1] == std::byte{1});
  forget_invitations(book, book.invitations.back().seal);
  CHECK(book.invitations.size() == limits::invitations_max - 2);
}

TEST_CASE("contacts have a bound, and a book at its bounds is written and read") {
  TestRandom random;
  ContactBook book;
  const P256PublicKey key = make_person(random).public_key;
  for (std::size_t i = 0; i < limits::contacts_max; ++i) {
    book.contacts.push_back({std::to_string(i), key});
  }
  for (std::size_t i = 0; i < limits::invitations_max; ++i) {
    book.invitations.push_back({std::to_string(i), {}, counting_secret<32>(0)});
  }
  CHECK(code_of(pin(book, {"one@example.org", key})) == ErrorCode::full);
  Result<std::string> json = encode_book_json(book);
  REQUIRE(json.has_value());
  CHECK(decode_book_json(*json).has_value());
  book.contacts.push_back({"one@example.org", key});
  CHECK(encode_book_json(book).error().code == ErrorCode::invalid);
  json->insert(json->find("],\"inv"),
               ",{\"address\":\"one@example.org\",\"key\":\"" + encode_base64url(key) + "\"}");
  CHECK(decode_book_json(*json).error().code == ErrorCode::damaged);
}

TEST_CASE("a book has at most 700 KiB") {
  TestRandom random;
  ContactBook book;
  const P256PublicKey key = make_person(random).public_key;
  // A contact takes 111 bytes beside its address, the rest of the book 31.
  for (int i = 0; i < 1963; ++i) {
    book.contacts.push_back({std::string(248, 'a') + std::to_string(100'000 + i), key});
  }
  book.contacts.push_back({std::string(163, 'b'), key});
  Result<std::string> json = encode_book_json(book);
  REQUIRE(json.has_value());
  CHECK(json->size() == limits::contact_book_bytes_max);
  CHECK(decode_book_json(*json).has_value());
  book.contacts.back().address += 'b';
  CHECK(encode_book_json(book).error().code == ErrorCode::too_large);
  json->insert(json->find("bbb"), "b");
  CHECK(decode_book_json(*json).error().detail == "contact book: too long");
}

TEST_CASE("a book opens as the version that it is, of the person that it is of") {
  TestRandom random;
  const Secret<32> key = counting_secret<32>(7);
  Invited two;
  const Buffer sealed = *seal_book(key, {"anna@example.org", 3}, two.book, random);
  const auto opened = open_book(key, {"anna@example.org", 3}, sealed);
  REQUIRE(opened.has_value());
  REQUIRE(opened->invitations.size() == 1);
  CHECK(same_secret(opened->invitations[0].secret, two.book.invitations[0].secret));
  CHECK_FALSE(open_book(key, {"anna@example.org", 2}, sealed).has_value());
  CHECK_FALSE(open_book(key, {"bert@example.net", 3}, sealed).has_value());
}

TEST_CASE("how it stands with a contact follows from the book and from the key that is shown") {
  Invited two;
  const P256PublicKey& bert = two.bert.public_key;
  const auto state = [&](const P256PublicKey* shown) {
    return contact_state(two.book, "bert@example.net", shown);
  };
  CHECK(contact_state(two.book, "carl@example.com", &bert) == ContactState::none);
  CHECK(state(nullptr) == ContactState::invited);
  CHECK(state(&bert) == ContactState::invited);  // what a server shows is not what was pinned
  REQUIRE(pin(two.book, {"bert@example.net", bert}).has_value());
  CHECK(state(&bert) == ContactState::connected);
  CHECK(state(&two.anna.public_key) == ContactState::changed);
  CHECK(state(nullptr) == ContactState::removed);
  unpin(two.book, "bert@example.net");
  CHECK(state(&bert) == ContactState::none);
}

TEST_CASE("a client notices a book that is older than, or other than, what it has seen") {
  const Buffer one = counting(1, 80);
  const Buffer two = counting(2, 80);
  const SeenBook first = see_book({}, 1, one).value();
  const SeenBook second = see_book(first, 2, two).value();
  CHECK(see_book(second, 2, two).value().version == 2);
  CHECK(see_book(second, 1, one).error().code == ErrorCode::conflict);
  CHECK(see_book(second, 2, one).error().code == ErrorCode::conflict);
  CHECK(see_book(second, 7, one).value().version == 7);
  CHECK(see_book({}, 0, one).error().code == ErrorCode::conflict);
}
