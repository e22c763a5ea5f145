// Fuzzes the JSON of a contact book: what is read must be written again as the same bytes, and its
// changes must keep it a book.
//
// parser: src/sealing/contact_book.cpp
#include <cstdlib>

#include "base/secret.h"
#include "sealing/contact_book.h"
#include "sealing/test_random.h"

namespace couvert {
namespace {

struct Fixture {
  Secret<32> key = counting_secret<32>(0);
  TestRandom random;
  PersonSecret self = make_person(random);
  PersonSecret other = make_person(random);
  // A switch for tests of the fuzzer itself: a parser that does not see trailing bytes.
  bool planted_bug = std::getenv("COUVERT_PLANTED_BUG") != nullptr;
};

bool is_readable(const ContactBook& book) {
  Result<std::string> json = encode_book_json(book);
  return json && decode_book_json(*json).has_value();
}

void check_sealed(const Fixture& fixture, const ContactBook& book) {
  TestRandom random;
  const Result<Buffer> sealed = seal_book(fixture.key, {"anna@example.org", 2}, book, random);
  INVARIANT(sealed && open_book(fixture.key, {"anna@example.org", 2}, *sealed));
  INVARIANT(!open_book(fixture.key, {"anna@example.org", 3}, *sealed));
  const Result<SeenBook> seen = see_book({}, 2, *sealed);
  INVARIANT(seen && see_book(*seen, 2, *sealed) && see_book(*seen, 3, {}));
  INVARIANT(!see_book(*seen, 1, *sealed) && !see_book(*seen, 2, {}));
}

// One who is pinned is connected, with another key changed, and gone without any.
void check_state(const Fixture& fixture, const ContactBook& book, const std::string& address) {
  const auto state = [&](const P256PublicKey* shown) {
    return contact_state(book, address, shown);
  };
  const bool known = find_contact(book, address) != nullptr;
  INVARIANT((state(&fixture.other.public_key) == ContactState::connected) == known);
  INVARIANT((state(&fixture.self.public_key) == ContactState::changed) == known);
  INVARIANT((state(nullptr) == ContactState::removed) == known);
}

// An answer to each invitation, with its tag and without.
void check_answers(const Fixture& fixture, ContactBook& book) {
  const QuickPerson self{"anna@example.org", fixture.self.public_key};
  while (!book.invitations.empty()) {
    const Invitation& first = book.invitations.front();
    const std::string to = first.to;
    const SealId seal = first.seal;
    QuickAnswer answer{fixture.other.public_key, {}};
    INVARIANT(!take_answer(book, self, {seal, to, answer}));
    answer.tag = answer_tag(first.secret, seal, self, {to, answer.key});
    const Contact* known = find_contact(book, to);
    const bool changed = known != nullptr && known->key != answer.key;
    const Result<> taken = take_answer(book, self, {seal, to, answer});
    INVARIANT(taken.has_value() != changed);
    INVARIANT(!changed || taken.error().code == ErrorCode::conflict);
    if (changed) unpin(book, to);
    INVARIANT(take_answer(book, self, {seal, to, answer}).error().code == ErrorCode::denied);
    INVARIANT(is_readable(book));
  }
}

void check_changes(const Fixture& fixture, ContactBook& book) {
  if (!book.contacts.empty()) {
    const std::string address = book.contacts.front().address;
    const Result<> pinned = pin(book, {address, fixture.other.public_key});
    INVARIANT(pinned || pinned.error().code == ErrorCode::conflict);
    unpin(book, address);
    check_state(fixture, book, address);
    INVARIANT(pin(book, {address, fixture.other.public_key}));
    check_state(fixture, book, address);
  }
  invite(book, {"dora@example.com", counting_id<SealId>(1), counting_secret<32>(1)});
  INVARIANT(is_readable(book));
  const bool known = find_contact(book, "dora@example.com") != nullptr;
  const ContactState state = contact_state(book, "dora@example.com", nullptr);
  INVARIANT(state == (known ? ContactState::removed : ContactState::invited));
  forget_invitations(book, counting_id<SealId>(1));
}

void check(const Fixture& fixture, Bytes input) {
  Result<ContactBook> book = decode_book_json(as_text(input));
  if (!book && fixture.planted_bug && !input.empty()) {
    book = decode_book_json(as_text(input.first(input.size() - 1)));
  }
  if (!book) {
    INVARIANT(book.error().code == ErrorCode::damaged);
    return;
  }
  const Result<std::string> again = encode_book_json(*book);
  INVARIANT(again && *again == as_text(input));
  check_sealed(fixture, *book);
  check_changes(fixture, *book);
  check_answers(fixture, *book);
}

}  // namespace
}  // namespace couvert

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  static const couvert::Fixture fixture;
  couvert::check(fixture, couvert::Bytes(reinterpret_cast<const std::byte*>(data), size));
  return 0;
}
