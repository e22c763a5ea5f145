#include "sealing/keyslot.h"

#include <algorithm>

#include "crypto/secret_bytes.h"

namespace couvert {
namespace {

constexpr std::size_t head_bytes = 3;
constexpr std::size_t argon2_bytes = 25;
constexpr std::size_t content_bytes = 64;
static_assert(message_bytes_min + content_bytes == sizeof(Keyslot::message));

// The longest keyslot: kind quick.
constexpr std::size_t keyslot_bytes_max = head_bytes + sizeof(QuickEnvelope) + 136;

tl::unexpected<Error> damaged(std::string why) {
  return fail(ErrorCode::damaged, std::move(why));
}

Result<KeyslotKind> parse_kind(std::byte number) {
  switch (std::to_integer<int>(number)) {
    case 1:
      return KeyslotKind::password;
    case 2:
      return KeyslotKind::link;
    case 3:
      return KeyslotKind::quick;
    case 4:
      return KeyslotKind::held;
  }
  return damaged("no such kind of keyslot");
}

std::size_t parameter_bytes(KeyslotKind kind) {
  switch (kind) {
    case KeyslotKind::password:
      return argon2_bytes;
    case KeyslotKind::quick:
      return sizeof(QuickEnvelope);
    case KeyslotKind::link:
    case KeyslotKind::held:
      return 0;
  }
  return 0;
}

bool fits(KeyslotKind kind, const KeyslotParameters& parameters) {
  switch (kind) {
    case KeyslotKind::password:
      return std::holds_alternative<Argon2Parameters>(parameters);
    case KeyslotKind::quick:
      return std::holds_alternative<QuickEnvelope>(parameters);
    case KeyslotKind::link:
    case KeyslotKind::held:
      return std::holds_alternative<std::monostate>(parameters);
  }
  return false;
}

Buffer encode_parameters(const KeyslotParameters& parameters) {
  Buffer out;
  if (const auto* argon2 = std::get_if<Argon2Parameters>(&parameters)) {
    append_integer(out, argon2->memory_kib, 4);
    append_integer(out, argon2->passes, 4);
    append_integer(out, argon2->lanes, 1);
    append(out, argon2->salt);
  }
  if (const auto* envelope = std::get_if<QuickEnvelope>(&parameters)) append(out, *envelope);
  return out;
}

Result<KeyslotParameters> parse_parameters(KeyslotKind kind, Bytes bytes) {
  if (kind == KeyslotKind::quick) {
    QuickEnvelope envelope;
    std::copy(bytes.begin(), bytes.end(), envelope.begin());
    return KeyslotParameters(envelope);
  }
  if (kind != KeyslotKind::password) return KeyslotParameters();
  Argon2Parameters argon2;
  argon2.memory_kib = static_cast<std::uint32_t>(read_integer(bytes.first(4)));
  argon2.passes = static_cast<std::uint32_t>(read_integer(bytes.subspan(4, 4)));
  argon2.lanes = std::to_integer<std::uint8_t>(bytes[8]);
  std::copy_n(bytes.begin() + 9, argon2.salt.size(), argon2.salt.begin());
  const Result<> bounds = check_argon2(argon2);
  if (!bounds) return damaged(bounds.error().detail);
  return KeyslotParameters(argon2);
}

Buffer context_of(const KeyslotForm& form, const SlotPlace& place) {
  return keyslot_context(place.scope, place.slot, static_cast<std::uint8_t>(form.kind),
                         encode_parameters(form.parameters));
}

}  // namespace

Result<Keyslot> parse_keyslot(Bytes bytes) {
  if (bytes.size() < head_bytes) return damaged("a keyslot is too short");
  const Result<KeyslotKind> kind = parse_kind(bytes[0]);
  if (!kind) return pass(kind);
  const std::size_t size = read_integer(bytes.subspan(1, 2));
  if (size != parameter_bytes(*kind)) return damaged("a keyslot's parameters of another length");
  Keyslot keyslot;
  keyslot.kind = *kind;
  if (bytes.size() != head_bytes + size + keyslot.message.size()) {
    return damaged("a keyslot of another length");
  }
  const Result<KeyslotParameters> parameters =
      parse_parameters(*kind, bytes.subspan(head_bytes, size));
  if (!parameters) return pass(parameters);
  keyslot.parameters = *parameters;
  const Bytes message = bytes.subspan(head_bytes + size);
  std::copy(message.begin(), message.end(), keyslot.message.begin());
  return keyslot;
}

Buffer encode_keyslot(const Keyslot& keyslot) {
  INVARIANT(fits(keyslot.kind, keyslot.parameters));
  const Buffer parameters = encode_parameters(keyslot.parameters);
  Buffer out;
  append_integer(out, static_cast<std::uint8_t>(keyslot.kind), 1);
  append_integer(out, parameters.size(), 2);
  append(out, parameters);
  append(out, keyslot.message);
  return out;
}

Keyslot seal_keyslot(const KeyslotForm& form, const Secret<32>& s, const SlotPlace& place,
                     const OpenedKeyslot& content, Random& random) {
  INVARIANT(fits(form.kind, form.parameters));
  Secret<content_bytes> plain;
  copy_secret(content.transfer_key, plain.fill().first<32>());
  std::copy(content.manifest.begin(), content.manifest.end(), plain.fill().begin() + 32);
  const Buffer context = context_of(form, place);
  // The writer takes the bytes into its own memory and seals them there before anything leaves.
  const Buffer message = seal_bytes(MessageContext{s, context}, plain.fill(), random);

  Keyslot keyslot;
  keyslot.kind = form.kind;
  keyslot.parameters = form.parameters;
  INVARIANT(message.size() == keyslot.message.size());
  std::copy(message.begin(), message.end(), keyslot.message.begin());
  return keyslot;
}

Result<OpenedKeyslot> open_keyslot(const Keyslot& keyslot, const Secret<32>& s,
                                   const SlotPlace& place) {
  const Buffer context = context_of(KeyslotForm{keyslot.kind, keyslot.parameters}, place);
  Result<Buffer> plain = open_bytes(MessageContext{s, context}, keyslot.message, content_bytes);
  if (!plain) return pass(plain);
  OpenedKeyslot opened;
  opened.transfer_key = take_secret<32>(std::span<std::byte, 32>(plain->data(), 32));
  std::copy_n(plain->begin() + 32, opened.manifest.size(), opened.manifest.begin());
  return opened;
}

Buffer seal_coat(const Keyslot& keyslot, const Secret<32>& day_key, const SlotPlace& place,
                 Random& random) {
  const Buffer context = coat_context(place.scope.seal, place.slot);
  return seal_bytes(MessageContext{day_key, context}, encode_keyslot(keyslot), random);
}

Result<Keyslot> open_coat(Bytes stored, const Secret<32>& day_key, const SlotPlace& place) {
  const Buffer context = coat_context(place.scope.seal, place.slot);
  const Result<Buffer> bytes =
      open_bytes(MessageContext{day_key, context}, stored, keyslot_bytes_max);
  if (!bytes) return damaged("a coat does not open: " + bytes.error().detail);
  return parse_keyslot(*bytes);
}

std::string link_fragment(Mode mode, const Secret<32>& s) {
  Secret<33> joined;
  joined.fill()[0] = static_cast<std::byte>(mode);
  copy_secret(s, joined.fill().last<32>());
  return secret_to_base64url(joined);
}

Result<LinkSecret> parse_link_fragment(std::string_view text) {
  Result<Secret<33>> joined = secret_from_base64url<33>(text);
  if (!joined) return pass(joined);
  const Result<Mode> mode = parse_mode(std::to_integer<unsigned>(joined->fill()[0]));
  if (!mode) return fail(ErrorCode::invalid, "a link of no mode");
  LinkSecret link;
  link.mode = *mode;
  link.s = take_secret<32>(joined->fill().last<32>());
  return link;
}

}  // namespace couvert
