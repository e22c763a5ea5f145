#include "sealing/quick.h"

#include <algorithm>

#include "crypto/hash.h"
#include "crypto/mac.h"
#include "crypto/secret_bytes.h"

namespace couvert {
namespace {

// str(x) of the specification.
void append_str(Buffer& out, std::string_view text) {
  INVARIANT(text.size() <= UINT16_MAX);
  append_integer(out, text.size(), 2);
  append(out, as_bytes(text));
}

Buffer envelope_info(const QuickPlace& place) {
  Buffer info;
  append(info, as_bytes("couvert/1 quick"));
  info.push_back(std::byte{0});
  append_integer(info, static_cast<std::uint8_t>(place.scope.mode), 1);
  append(info, place.scope.seal.bytes);
  append(info, place.slot.bytes);
  append_str(info, place.sender);
  append_str(info, place.recipient);
  return info;
}

template <std::size_t Size>
void append_secret(Buffer& out, const Secret<Size>& secret) {
  const std::size_t at = out.size();
  out.resize(at + Size);
  copy_secret(secret, std::span<std::byte, Size>(out.data() + at, Size));
}

}  // namespace

PersonSecret make_person(Random& random) {
  PersonSecret person{make_p256_key(random), {}, random.secret<32>()};
  const Result<P256PublicKey> point = p256_public_key(person.key);
  INVARIANT(point);
  person.public_key = *point;
  return person;
}

Result<QuickEnvelope> seal_envelope(const QuickPlace& place, const HpkeSender& keys,
                                    const Secret<32>& secret, Random& random) {
  Buffer plain;
  append_secret(plain, secret);
  const Result<Buffer> sealed = hpke_seal(keys, envelope_info(place), plain, random);
  wipe(plain);
  if (!sealed) return pass(sealed);
  QuickEnvelope envelope{};
  INVARIANT(sealed->size() == envelope.size());
  std::copy(sealed->begin(), sealed->end(), envelope.begin());
  return envelope;
}

Result<Secret<32>> open_envelope(const QuickPlace& place, const HpkeRecipient& keys,
                                 const QuickEnvelope& envelope) {
  Result<Buffer> plain = hpke_open(keys, envelope_info(place), envelope);
  if (!plain) return pass(plain);
  return take_secret<32>(std::span<std::byte, 32>(plain->data(), 32));
}

Buffer encode_answer(const QuickAnswer& answer) {
  Buffer out;
  append(out, answer.key);
  append(out, answer.tag);
  return out;
}

Result<QuickAnswer> parse_answer(Bytes bytes) {
  if (bytes.size() != quick_answer_bytes) return fail(ErrorCode::damaged, "an answer's length");
  QuickAnswer answer;
  std::copy_n(bytes.begin(), answer.key.size(), answer.key.begin());
  std::copy_n(bytes.begin() + answer.key.size(), answer.tag.size(), answer.tag.begin());
  if (!is_p256_point(answer.key)) return fail(ErrorCode::damaged, "an answer without a key");
  return answer;
}

std::array<std::byte, 32> answer_tag(const Secret<32>& invitation, const SealId& seal,
                                     const QuickPerson& sender, const QuickPerson& recipient) {
  Buffer about;
  append(about, seal.bytes);
  append_str(about, sender.address);
  append(about, sender.key);
  append_str(about, recipient.address);
  append(about, recipient.key);
  return mac(invitation, "couvert/1 quick answer", about);
}

std::string code_text(const Secret<16>& code) {
  return secret_to_base32(code);
}

Result<Secret<16>> parse_code(std::string_view text) {
  return secret_from_base32<16>(text);
}

Secret<32> code_key(const Secret<16>& code, std::string_view address) {
  Buffer about;
  append_str(about, address);
  std::array<std::byte, 32> key = mac(code, "couvert/1 code", about);
  return take_secret<32>(std::span<std::byte, 32>(key));
}

std::string fingerprint(const QuickPerson& person) {
  Buffer about;
  append(about, as_bytes("couvert/1 fingerprint"));
  about.push_back(std::byte{0});
  append_str(about, person.address);
  append(about, person.key);
  return encode_base32(sha256(about)).substr(0, 20);
}

Buffer seal_person(const Secret<32>& key, std::string_view address, const PersonSecret& person,
                   Random& random) {
  Buffer plain;
  append_secret(plain, person.key);
  append(plain, person.public_key);
  append_secret(plain, person.book_key);
  Buffer about;
  append_str(about, address);
  const Buffer context = person_context(about);
  Buffer sealed = seal_bytes(MessageContext{key, context}, plain, random);
  wipe(plain);
  return sealed;
}

Result<PersonSecret> open_person(const Secret<32>& key, std::string_view address, Bytes sealed) {
  Buffer about;
  append_str(about, address);
  const Buffer context = person_context(about);
  Result<Buffer> plain = open_bytes(MessageContext{key, context}, sealed, person_secret_bytes);
  if (!plain) return fail(ErrorCode::damaged, "a person's secret does not open");
  if (plain->size() != person_secret_bytes) {
    wipe(*plain);
    return fail(ErrorCode::damaged, "a person's secret of another length");
  }
  PersonSecret person;
  std::byte* at = plain->data();
  person.key = take_secret<32>(std::span<std::byte, 32>(at, 32));
  std::copy_n(at + 32, person.public_key.size(), person.public_key.begin());
  person.book_key = take_secret<32>(std::span<std::byte, 32>(at + 97, 32));
  const Result<P256PublicKey> point = p256_public_key(person.key);
  if (!point || *point != person.public_key) {
    return fail(ErrorCode::damaged, "a person's keys do not belong together");
  }
  return person;
}

Secret<32> device_token(const Secret<32>& device_key, std::string_view address,
                        const DeviceId& device) {
  Buffer about;
  append_str(about, address);
  append(about, device.bytes);
  std::array<std::byte, 32> token = mac(device_key, "couvert/1 device", about);
  return take_secret<32>(std::span<std::byte, 32>(token));
}

Secret<32> member_token(const Secret<32>& book_key, std::string_view address) {
  Buffer about;
  append_str(about, address);
  std::array<std::byte, 32> token = mac(book_key, "couvert/1 member", about);
  return take_secret<32>(std::span<std::byte, 32>(token));
}

}  // namespace couvert
