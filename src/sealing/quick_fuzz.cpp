// Fuzzes what a client of QUICK gets from the server: envelopes, answers, the person's secret, and
// codes that people type. What is taken must be what sealing gives, and open nowhere else.
//
// parser: src/sealing/quick.cpp
//
// Input: a letter for the kind, then the bytes.
#include <algorithm>
#include <cstdlib>

#include "crypto/compare.h"
#include "crypto/hash.h"
#include "crypto/secret_bytes.h"
#include "sealing/contact_book.h"
#include "sealing/test_random.h"

namespace couvert {
namespace {

P256PrivateKey small_key(std::byte number) {
  P256PrivateKey key;
  key.fill()[31] = number;
  return key;
}

constexpr std::string_view anna = "anna@example.org";
constexpr std::string_view bert = "bert@example.net";

struct Fixture {
  P256PrivateKey from = small_key(std::byte{1});
  P256PrivateKey to = small_key(std::byte{2});
  P256PublicKey from_point = *p256_public_key(from);
  P256PublicKey to_point = *p256_public_key(to);
  QuickPlace place{
      {Mode::server, counting_id<SealId>(0xa0)}, counting_id<SlotId>(0xc0), anna, bert};
  Secret<32> secret = counting_secret<32>(0);
  // A switch for tests of the fuzzer itself: a parser that does not see trailing bytes.
  bool planted_bug = std::getenv("COUVERT_PLANTED_BUG") != nullptr;
};

void check_envelope(const Fixture& fixture, Bytes input) {
  QuickEnvelope envelope{};
  if (input.size() != envelope.size()) return;
  std::copy(input.begin(), input.end(), envelope.begin());
  const HpkeRecipient keys{fixture.to, fixture.from_point};
  const Result<Secret<32>> s = open_envelope(fixture.place, keys, envelope);
  if (!s) {
    INVARIANT(s.error().code == ErrorCode::damaged);
    return;
  }
  QuickPlace elsewhere = fixture.place;
  elsewhere.scope.mode = Mode::client;
  INVARIANT(!open_envelope(elsewhere, keys, envelope));
  INVARIANT(!open_envelope(fixture.place, {fixture.from, fixture.to_point}, envelope));
  TestRandom random;
  const auto again = seal_envelope(fixture.place, {fixture.from, fixture.to_point}, *s, random);
  INVARIANT(again && same_secret(*open_envelope(fixture.place, keys, *again), *s));
}

void check_answer(const Fixture& fixture, Bytes input) {
  const bool cut = fixture.planted_bug && input.size() > quick_answer_bytes;
  const Result<QuickAnswer> answer = parse_answer(cut ? input.first(quick_answer_bytes) : input);
  if (!answer) {
    INVARIANT(answer.error().code == ErrorCode::damaged);
    return;
  }
  const Buffer again = encode_answer(*answer);
  INVARIANT(std::equal(again.begin(), again.end(), input.begin(), input.end()));
  const QuickPerson self{anna, fixture.from_point};
  ContactBook book;
  invite(book, {std::string(bert), fixture.place.scope.seal, fixture.secret.clone()});
  const Result<> taken = take_answer(book, self, {fixture.place.scope.seal, bert, *answer});
  const auto right =
      answer_tag(fixture.secret, fixture.place.scope.seal, self, {bert, answer->key});
  const bool fits = answer->tag == right;
  INVARIANT(taken.has_value() == fits && book.contacts.size() == (fits ? 1 : 0));
}

void check_person(const Fixture& fixture, Bytes input) {
  Buffer about;
  append_integer(about, anna.size(), 2);
  append(about, as_bytes(anna));
  const Buffer context = person_context(about);
  TestRandom random;
  const Buffer sealed = seal_bytes(MessageContext{fixture.secret, context}, input, random);
  const Result<PersonSecret> person = open_person(fixture.secret, anna, sealed);
  if (!person) {
    INVARIANT(person.error().code == ErrorCode::damaged);
    return;
  }
  TestRandom salt(Buffer(sealed.begin(), sealed.begin() + salt_bytes));
  INVARIANT(seal_person(fixture.secret, anna, *person, salt) == sealed);
  INVARIANT(!open_person(fixture.secret, bert, sealed));
  // What is taken works: a fingerprint, and an envelope to oneself.
  INVARIANT(fingerprint({anna, person->public_key}).size() == 20);
  const auto envelope =
      seal_envelope(fixture.place, {person->key, person->public_key}, fixture.secret, random);
  INVARIANT(envelope && open_envelope(fixture.place, {person->key, person->public_key}, *envelope));
}

void check_code(std::string_view input) {
  const Result<Secret<16>> code = parse_code(input);
  if (!code) {
    INVARIANT(code.error().code == ErrorCode::invalid);
    return;
  }
  const Result<Secret<16>> again = parse_code(code_text(*code));
  INVARIANT(again && same_secret(*again, *code));
  INVARIANT(!same_secret(code_key(*code, anna), code_key(*code, bert)));
}

// Where the input is a name: the tokens of others are others.
void check_tokens(const Fixture& fixture, std::string_view name) {
  if (name.size() > 254) return;
  const Secret<32> device = device_token(fixture.secret, name, counting_id<DeviceId>(1));
  INVARIANT(!same_secret(device, device_token(fixture.secret, name, counting_id<DeviceId>(2))));
  INVARIANT(!same_secret(device, member_token(fixture.secret, name)));
}

void check(const Fixture& fixture, Bytes input) {
  if (input.empty()) return;
  const Bytes rest = input.subspan(1);
  const char kind = as_text(input)[0];
  if (kind == 'e') check_envelope(fixture, rest);
  if (kind == 'a') check_answer(fixture, rest);
  if (kind == 'p' && rest.size() < 200) check_person(fixture, rest);
  if (kind == 'c') check_code(as_text(rest));
  if (kind == 't') check_tokens(fixture, as_text(rest));
}

}  // namespace
}  // namespace couvert

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  static const couvert::Fixture fixture;
  couvert::check(fixture, couvert::Bytes(reinterpret_cast<const std::byte*>(data), size));
  return 0;
}
