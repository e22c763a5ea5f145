// The vectors of QUICK, read by the product.
#include <doctest/doctest.h>

#include "crypto/compare.h"
#include "sealing/contact_book.h"
#include "sealing/test_random.h"
#include "sealing/test_vectors.h"

using namespace couvert;

namespace {

P256PublicKey point_of(const Vector& vector, const std::string& field) {
  return array_of<P256PublicKey>(vector.bytes(field));
}

SealId seal_of(const Vector& vector) {
  return {array_of<decltype(SealId::bytes)>(vector.bytes("seal"))};
}

Result<QuickEnvelope> envelope_of(const Buffer& bytes) {
  if (bytes.size() != sizeof(QuickEnvelope)) return fail(ErrorCode::damaged, "length");
  return array_of<QuickEnvelope>(bytes);
}

}  // namespace

TEST_CASE("vectors: envelopes of QUICK") {
  for (const Vector& vector : vectors_of("envelope")) {
    CAPTURE(vector.name());
    const QuickPlace place{{parse_mode(vector.number("mode")).value(), seal_of(vector)},
                           {array_of<decltype(SlotId::bytes)>(vector.bytes("slot"))},
                           vector.text("sender"),
                           vector.text("recipient")};
    const P256PrivateKey recipient = secret_of<32>(vector, "recipient_private");
    const P256PublicKey sender = point_of(vector, "sender_key");
    const Result<QuickEnvelope> envelope = envelope_of(vector.bytes("envelope"));
    const Result<Secret<32>> s = envelope ? open_envelope(place, {recipient, sender}, *envelope)
                                          : Result<Secret<32>>(pass(envelope));
    CHECK(outcome(s) == vector.expect());
    if (!s || vector.expect() != "ok") continue;
    CHECK(same_secret(*s, secret_of<32>(vector, "s")));
    TestRandom random(vector.bytes("ephemeral_private"));
    const P256PrivateKey from = secret_of<32>(vector, "sender_private");
    const P256PublicKey to = *p256_public_key(recipient);
    CHECK(seal_envelope(place, {from, to}, *s, random).value() == *envelope);
  }
}

TEST_CASE("vectors: answers to an invitation") {
  for (const Vector& vector : vectors_of("answer")) {
    CAPTURE(vector.name());
    const P256PublicKey sender = point_of(vector, "sender_key");
    const Buffer bytes = vector.bytes("answer");
    const Result<QuickAnswer> answer = parse_answer(bytes);
    ContactBook book;
    invite(book, {vector.text("recipient"), seal_of(vector), secret_of<32>(vector, "secret")});
    const Result<> taken = answer
                               ? take_answer(book, {vector.text("sender"), sender},
                                             {seal_of(vector), vector.text("recipient"), *answer})
                               : Result<>(pass(answer));
    CHECK(outcome(taken) == vector.expect());
    CHECK(book.contacts.empty() == (vector.expect() != "ok"));
    if (answer) CHECK(encode_answer(*answer) == bytes);
  }
}

TEST_CASE("vectors: the person's secret") {
  for (const Vector& vector : vectors_of("person")) {
    CAPTURE(vector.name());
    const Secret<32> key = secret_of<32>(vector, "key");
    const Buffer message = vector.bytes("message");
    const Result<PersonSecret> person = open_person(key, vector.text("address"), message);
    CHECK(outcome(person) == vector.expect());
    if (!person || vector.expect() != "ok") continue;
    CHECK(same_secret(person->key, secret_of<32>(vector, "private")));
    CHECK(person->public_key == point_of(vector, "public"));
    CHECK(same_secret(person->book_key, secret_of<32>(vector, "book_key")));
    TestRandom random(Buffer(message.begin(), message.begin() + salt_bytes));
    CHECK(seal_person(key, vector.text("address"), *person, random) == message);
  }
}

TEST_CASE("vectors: contact books") {
  for (const Vector& vector : vectors_of("book")) {
    CAPTURE(vector.name());
    const Buffer plain = vector.bytes("plain");
    const Result<ContactBook> book = decode_book_json(as_text(plain));
    CHECK(outcome(book) == vector.expect());
    if (book) CHECK(encode_book_json(*book).value() == as_text(plain));
  }
}

TEST_CASE("vectors: sealed contact books") {
  for (const Vector& vector : vectors_of("sealed_book")) {
    CAPTURE(vector.name());
    const Secret<32> key = secret_of<32>(vector, "key");
    const BookPlace place{vector.text("address"), vector.number("version")};
    const Buffer message = vector.bytes("message");
    const Result<ContactBook> book = open_book(key, place, message);
    CHECK(outcome(book) == vector.expect());
    if (!book || vector.expect() != "ok") continue;
    CHECK(encode_book_json(*book).value() == as_text(vector.bytes("plain")));
    TestRandom random(Buffer(message.begin(), message.begin() + salt_bytes));
    CHECK(seal_book(key, place, *book, random).value() == message);
  }
}

TEST_CASE("vectors: codes") {
  for (const Vector& vector : vectors_of("code")) {
    CAPTURE(vector.name());
    const Result<Secret<16>> code = parse_code(vector.text("text"));
    CHECK(outcome(code) == vector.expect());
    if (!code || vector.expect() != "ok") continue;
    CHECK(same_secret(*code, secret_of<16>(vector, "code")));
    CHECK(same_secret(code_key(*code, vector.text("address")), secret_of<32>(vector, "key")));
  }
}

TEST_CASE("vectors: fingerprints and tokens") {
  for (const Vector& vector : vectors_of("fingerprint")) {
    CAPTURE(vector.name());
    const P256PublicKey key = point_of(vector, "key");
    CHECK(fingerprint({vector.text("address"), key}) == vector.text("text"));
  }
  for (const Vector& vector : vectors_of("token")) {
    CAPTURE(vector.name());
    const Secret<32> key = secret_of<32>(vector, "key");
    const DeviceId device{array_of<decltype(DeviceId::bytes)>(vector.bytes("device"))};
    const Secret<32> token = vector.text("kind") == "device"
                                 ? device_token(key, vector.text("address"), device)
                                 : member_token(key, vector.text("address"));
    CHECK(same_secret(token, secret_of<32>(vector, "token")));
  }
}
