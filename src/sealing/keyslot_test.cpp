#include "sealing/keyslot.h"

#include <doctest/doctest.h>

#include "crypto/secret_bytes.h"
#include "sealing/part.h"
#include "sealing/test_random.h"
#include "sealing/test_vectors.h"

using namespace couvert;

namespace {

// The specification's "More values to check".
SlotPlace example_place() {
  SlotPlace place;
  place.scope.seal = counting_id<SealId>(0xa0);
  place.slot = counting_id<SlotId>(0xc0);
  return place;
}

KeyslotForm password_form() {
  Argon2Parameters argon2;
  const Buffer salt = counting(0xb0, 16);
  std::copy(salt.begin(), salt.end(), argon2.salt.begin());
  return {KeyslotKind::password, argon2};
}

OpenedKeyslot example_content() {
  OpenedKeyslot content;
  content.transfer_key = counting_secret<32>(0x00);
  return content;
}

Keyslot example_keyslot(const KeyslotForm& form) {
  TestRandom random(counting(0x64, salt_bytes));
  return seal_keyslot(form, counting_secret<32>(0x40), example_place(), example_content(), random);
}

}  // namespace

TEST_CASE("password, keyslot and coat have the bytes of the specification's table") {
  const KeyslotForm form = password_form();
  const Result<Secret<32>> s =
      password_secret("Grüße 1", std::get<Argon2Parameters>(form.parameters));
  REQUIRE(s);
  CHECK(secret_to_hex(*s) == "b4909d4031d145034c1225d60b0320773da71dbb191ed7bc05502eecf9c27b7b");

  TestRandom random(counting(0x64, salt_bytes));
  const Keyslot keyslot = seal_keyslot(form, *s, example_place(), example_content(), random);
  const Buffer bytes = encode_keyslot(keyslot);
  CHECK(bytes.size() == 164);
  CHECK(hex_of_sha256(bytes) == "0ea92bcb78ff3346bacc788439bba087e26f32849e17ce4cefc3a33fd395399f");

  const Secret<32> day_key = counting_secret<32>(0x20);
  TestRandom coat_random(counting(0x64, salt_bytes));
  const Buffer stored = seal_coat(keyslot, day_key, example_place(), coat_random);
  CHECK(stored.size() == 236);
  CHECK(hex_of_sha256(stored) ==
        "0a3ba31aaf3bd55424175f7199fd74acf63188d5c3e390a6b0dd400eb219aa18");

  const Result<Keyslot> bare = open_coat(stored, day_key, example_place());
  REQUIRE(bare);
  CHECK(*bare == keyslot);
  const Result<OpenedKeyslot> opened = open_keyslot(*bare, *s, example_place());
  REQUIRE(opened);
  CHECK(secret_to_hex(opened->transfer_key) == encode_hex(counting(0x00, 32)));
  CHECK(opened->manifest == Commitment{});
}

TEST_CASE("a part has the bytes of the specification's table") {
  TestRandom random(counting(0x64, salt_bytes));
  BufferSink sink;
  const Secret<32> transfer_key = counting_secret<32>(0x00);
  PartWriter writer(sink, transfer_key, PartPlace{example_place().scope, 1, 2}, random);
  REQUIRE(writer.write(as_bytes("Couvert")));
  const Result<SealedPart> part = writer.finish();
  REQUIRE(part);
  CHECK(part->plain_bytes == 7);
  CHECK(hex_of_sha256(sink.bytes) ==
        "c49357fdfde3dbda38d621e3aebccad688f39af267c1b9fee9fbb5d856ea78af");
}

TEST_CASE("a wrong secret is refused, a damaged keyslot is damaged") {
  Keyslot keyslot = example_keyslot({KeyslotKind::link, {}});
  const auto code = [&](const Secret<32>& s, const SlotPlace& place) {
    return open_keyslot(keyslot, s, place).error().code;
  };
  CHECK(code(counting_secret<32>(0x41), example_place()) == ErrorCode::refused);
  SlotPlace other = example_place();
  other.slot = counting_id<SlotId>(0xc1);
  CHECK(code(counting_secret<32>(0x40), other) == ErrorCode::refused);
  other = example_place();
  other.scope.mode = Mode::client;
  CHECK(code(counting_secret<32>(0x40), other) == ErrorCode::refused);
  keyslot.kind = KeyslotKind::held;
  CHECK(code(counting_secret<32>(0x40), example_place()) == ErrorCode::refused);
  keyslot.kind = KeyslotKind::link;
  keyslot.message[60] ^= std::byte{1};
  CHECK(code(counting_secret<32>(0x40), example_place()) == ErrorCode::damaged);
}

TEST_CASE("a coat opens under its own day key and in its own place only") {
  TestRandom random;
  const Keyslot keyslot = example_keyslot({KeyslotKind::held, {}});
  const Buffer stored = seal_coat(keyslot, counting_secret<32>(0x20), example_place(), random);
  CHECK(open_coat(stored, counting_secret<32>(0x20), example_place()).has_value());
  CHECK(open_coat(stored, counting_secret<32>(0x21), example_place()).error().code ==
        ErrorCode::damaged);
  SlotPlace other = example_place();
  other.slot = counting_id<SlotId>(0xc1);
  CHECK(open_coat(stored, counting_secret<32>(0x20), other).error().code == ErrorCode::damaged);
}

TEST_CASE("every kind of keyslot is read as it was written, and no other length") {
  QuickEnvelope envelope{};
  envelope[112] = std::byte{9};
  const KeyslotForm forms[] = {password_form(),
                               {KeyslotKind::link, {}},
                               {KeyslotKind::quick, envelope},
                               {KeyslotKind::held, {}}};
  for (const KeyslotForm& form : forms) {
    const Keyslot keyslot = example_keyslot(form);
    Buffer bytes = encode_keyslot(keyslot);
    CHECK(parse_keyslot(bytes).value() == keyslot);
    for (std::size_t length = 0; length < bytes.size(); ++length) {
      CHECK(parse_keyslot(Bytes(bytes).first(length)).error().code == ErrorCode::damaged);
    }
    bytes.push_back(std::byte{0});
    CHECK(parse_keyslot(bytes).error().code == ErrorCode::damaged);
  }
}

TEST_CASE("a keyslot with Argon2 values out of bounds is damaged, at the bounds it is read") {
  const auto readable = [](std::uint32_t memory, std::uint32_t passes, std::uint8_t lanes) {
    KeyslotForm form = password_form();
    auto& argon2 = std::get<Argon2Parameters>(form.parameters);
    argon2.memory_kib = memory;
    argon2.passes = passes;
    argon2.lanes = lanes;
    return parse_keyslot(encode_keyslot(example_keyslot(form))).has_value();
  };
  CHECK(readable(19'456, 1, 1));
  CHECK(readable(262'144, 10, 1));
  CHECK(!readable(19'455, 1, 1));
  CHECK(!readable(262'145, 1, 1));
  CHECK(!readable(65'536, 0, 1));
  CHECK(!readable(65'536, 11, 1));
  CHECK(!readable(65'536, 3, 0));
  CHECK(!readable(65'536, 3, 2));
}

TEST_CASE("a link's fragment has 44 characters and carries mode and secret") {
  const std::string text = link_fragment(Mode::client, counting_secret<32>(0x10));
  CHECK(text.size() == 44);
  const Result<LinkSecret> read = parse_link_fragment(text);
  REQUIRE(read);
  CHECK(read->mode == Mode::client);
  CHECK(secret_to_hex(read->s) == encode_hex(counting(0x10, 32)));
  CHECK(parse_link_fragment(text.substr(1)).error().code == ErrorCode::invalid);
  CHECK(parse_link_fragment(text + "=").error().code == ErrorCode::invalid);
  CHECK(parse_link_fragment("_" + text.substr(1)).error().code == ErrorCode::invalid);
}
