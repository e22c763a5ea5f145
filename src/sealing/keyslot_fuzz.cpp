// Fuzzes keyslots: what is parsed must be encoded again as the same bytes, go into its coat and out
// of it unchanged, and open only where it was sealed. Links' fragments come along.
//
// parser: src/sealing/keyslot.cpp
#include <algorithm>
#include <cstdlib>

#include "crypto/compare.h"
#include "sealing/keyslot.h"
#include "sealing/test_random.h"

namespace couvert {
namespace {

struct Fixture {
  Secret<32> s = counting_secret<32>(0x40);
  Secret<32> day_key = counting_secret<32>(0x20);
  SlotPlace place{{Mode::server, counting_id<SealId>(0xa0)}, counting_id<SlotId>(0xc0)};
  // A switch for tests of the fuzzer itself: a parser that reads past what it needs.
  bool planted_bug = std::getenv("COUVERT_PLANTED_BUG") != nullptr;
};

// The parser, or one that does not see trailing bytes.
Result<Keyslot> parse(const Fixture& fixture, Bytes input) {
  if (fixture.planted_bug && input.size() > 139) {
    const Result<Keyslot> shorter = parse_keyslot(input.first(input.size() - 1));
    if (shorter) return shorter;
  }
  return parse_keyslot(input);
}

void check_coat(const Fixture& fixture, const Keyslot& keyslot, std::size_t place) {
  TestRandom random;
  Buffer stored = seal_coat(keyslot, fixture.day_key, fixture.place, random);
  const Result<Keyslot> again = open_coat(stored, fixture.day_key, fixture.place);
  INVARIANT(again && *again == keyslot);
  stored[place % stored.size()] ^= std::byte{1};
  const Result<Keyslot> spoiled = open_coat(stored, fixture.day_key, fixture.place);
  INVARIANT(!spoiled && spoiled.error().code == ErrorCode::damaged);
}

// A keyslot that opens must be what sealing gives for the same content and salt.
void check_opening(const Fixture& fixture, const Keyslot& keyslot) {
  const Result<OpenedKeyslot> opened = open_keyslot(keyslot, fixture.s, fixture.place);
  if (!opened) return;
  TestRandom random(Buffer(keyslot.message.begin(), keyslot.message.begin() + salt_bytes));
  const KeyslotForm form{keyslot.kind, keyslot.parameters};
  INVARIANT(seal_keyslot(form, fixture.s, fixture.place, *opened, random) == keyslot);
  SlotPlace elsewhere = fixture.place;
  elsewhere.scope.mode = Mode::client;
  INVARIANT(!open_keyslot(keyslot, fixture.s, elsewhere));
}

void check_link(Bytes input) {
  const Result<LinkSecret> link = parse_link_fragment(as_text(input));
  if (link) INVARIANT(link_fragment(link->mode, link->s) == as_text(input));
}

// The input as the secret of a link, so that the way back is seen as well.
void check_made_link(Bytes input) {
  Secret<32> s;
  std::copy_n(input.begin(), s.fill().size(), s.fill().begin());
  const Mode mode = input[0] == std::byte{0} ? Mode::client : Mode::server;
  const Result<LinkSecret> link = parse_link_fragment(link_fragment(mode, s));
  INVARIANT(link && link->mode == mode && same_secret(link->s, s));
}

void check(const Fixture& fixture, Bytes input) {
  check_link(input);
  if (input.size() >= 32) check_made_link(input);
  const Result<Keyslot> keyslot = parse(fixture, input);
  if (!keyslot) {
    INVARIANT(keyslot.error().code == ErrorCode::damaged);
    return;
  }
  const Buffer again = encode_keyslot(*keyslot);
  INVARIANT(std::equal(again.begin(), again.end(), input.begin(), input.end()));
  check_coat(fixture, *keyslot, read_integer(input.last(2)));
  check_opening(fixture, *keyslot);
}

}  // namespace
}  // namespace couvert

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  static const couvert::Fixture fixture;
  couvert::check(fixture, couvert::Bytes(reinterpret_cast<const std::byte*>(data), size));
  return 0;
}
