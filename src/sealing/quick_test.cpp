// The values of spec/quick.md, and what must not open.
#include "sealing/quick.h"

#include <doctest/doctest.h>

#include "crypto/hash.h"
#include "crypto/secret_bytes.h"
#include "sealing/test_random.h"

using namespace couvert;

namespace {

P256PrivateKey private_key(unsigned number) {
  Result<Secret<32>> key = secret_from_hex<32>(std::string(63, '0') + std::to_string(number));
  REQUIRE(key.has_value());
  return std::move(*key);
}

const std::string_view anna = "anna@example.org";
const std::string_view bert = "bert@example.net";

struct QuickPair {
  P256PrivateKey from = private_key(1);
  P256PrivateKey to = private_key(2);
  P256PublicKey from_point = *p256_public_key(from);
  P256PublicKey to_point = *p256_public_key(to);
  QuickPlace place{
      {Mode::server, counting_id<SealId>(0xa0)}, counting_id<SlotId>(0xc0), anna, bert};
  Secret<32> secret = counting_secret<32>(0);
};

Buffer ephemeral_three() {
  Buffer bytes(32);
  bytes.back() = std::byte{3};
  return bytes;
}

}  // namespace

TEST_CASE(
    "the envelope, the tag, the code key and the fingerprint are those of the specification") {
  const QuickPair pair;
  TestRandom random(ephemeral_three());
  const auto envelope = seal_envelope(pair.place, {pair.from, pair.to_point}, pair.secret, random);
  REQUIRE(envelope.has_value());
  CHECK(encode_hex(sha256(*envelope)) ==
        "2f4d0936d07f7ac3fc75eeddadb88a4996f933983813a9734665ce5ddda20c51");
  CHECK(encode_hex(answer_tag(pair.secret, pair.place.scope.seal, {anna, pair.from_point},
                              {bert, pair.to_point})) ==
        "d0c7836b47ba935d83aa5ae27eab1c8e9c3382a3fa66ac2b3562ff1e20027acb");
  CHECK(secret_to_hex(code_key(counting_secret<16>(0), anna)) ==
        "5ae7b15b197fa2bdfe9ef971a45ae942d9d554a7dbea89ca8af46b45ce66147d");
  CHECK(fingerprint({anna, pair.from_point}) == "gjsdtip3jhr5hma33cqe");
}

TEST_CASE("an envelope opens for its recipient, at its place, as from its sender") {
  QuickPair pair;
  TestRandom random;
  const QuickEnvelope envelope =
      *seal_envelope(pair.place, {pair.from, pair.to_point}, pair.secret, random);
  const HpkeRecipient keys{pair.to, pair.from_point};
  const auto opened = open_envelope(pair.place, keys, envelope);
  REQUIRE(opened.has_value());
  CHECK(secret_to_hex(*opened) == secret_to_hex(pair.secret));
  const auto refused = [&](const QuickPlace& place) {
    const auto other = open_envelope(place, keys, envelope);
    return !other && other.error().code == ErrorCode::damaged;
  };
  QuickPlace other = pair.place;
  other.slot = counting_id<SlotId>(0xc1);
  CHECK(refused(other));
  other = pair.place;
  other.scope.seal = counting_id<SealId>(0xa1);
  CHECK(refused(other));
  other = pair.place;
  other.scope.mode = Mode::client;
  CHECK(refused(other));
  other = pair.place;
  other.sender = bert;
  CHECK(refused(other));
  other = pair.place;
  other.recipient = anna;
  CHECK(refused(other));
}

TEST_CASE("a person's secret comes back under its key and its address alone") {
  TestRandom random;
  const PersonSecret person = make_person(random);
  const Secret<32> key = counting_secret<32>(7);
  const Buffer sealed = seal_person(key, anna, person, random);
  const auto opened = open_person(key, anna, sealed);
  REQUIRE(opened.has_value());
  CHECK(secret_to_hex(opened->key) == secret_to_hex(person.key));
  CHECK(secret_to_hex(opened->book_key) == secret_to_hex(person.book_key));
  CHECK(opened->public_key == person.public_key);
  CHECK_FALSE(open_person(key, bert, sealed).has_value());
  CHECK_FALSE(open_person(counting_secret<32>(8), anna, sealed).has_value());
  PersonSecret mixed = make_person(random);
  mixed.public_key = person.public_key;
  CHECK(open_person(key, anna, seal_person(key, anna, mixed, random)).error().code ==
        ErrorCode::damaged);
}

TEST_CASE("a code is read as people type it, and is 16 bytes") {
  const Secret<16> code = counting_secret<16>(0);
  const std::string text = code_text(code);
  CHECK(text == "aaaqeayeaudaocajbifqydiob4");
  const auto typed = parse_code("AAAQ-EAYE audaoc ajbifqydiob4 ");
  REQUIRE(typed.has_value());
  CHECK(secret_to_hex(*typed) == secret_to_hex(code));
  CHECK(parse_code(text.substr(1)).error().code == ErrorCode::invalid);
  CHECK(parse_code(text + "a").error().code == ErrorCode::invalid);
  CHECK(parse_code(text + text + text).error().code == ErrorCode::invalid);
}

TEST_CASE("an answer is a key and a tag, and nothing else") {
  const QuickPair pair;
  const QuickAnswer answer{pair.to_point,
                           answer_tag(pair.secret, pair.place.scope.seal, {anna, pair.from_point},
                                      {bert, pair.to_point})};
  const Buffer bytes = encode_answer(answer);
  REQUIRE(bytes.size() == quick_answer_bytes);
  const auto again = parse_answer(bytes);
  REQUIRE(again.has_value());
  CHECK(again->key == answer.key);
  CHECK(again->tag == answer.tag);
}
