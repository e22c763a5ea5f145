// Keyslots: the transfer key sealed under a secret S, one way of opening a transfer each; and the
// coat, in which a keyslot is stored under the key of the day on which its transfer ends.
//
//     keyslot = kind[1] || length of the parameters[2] || parameters || message[136]
//     stored  = message under the day key, around the keyslot
//
// spec/sealing.md, "Keyslots"; tests/vectors/keyslot and coat have examples, wrong ones too.
#pragma once

#include <optional>
#include <variant>

#include "base/random.h"
#include "crypto/argon2.h"
#include "sealing/context.h"
#include "sealing/message.h"

namespace couvert {

enum class KeyslotKind : std::uint8_t {
  password = 1,  // S is Argon2id of a password
  link = 2,      // S is random and stands in the link
  quick = 3,     // S is random and lies in an envelope for the recipient's person key
  held = 4,      // S is random and kept by one client
};

/// An HPKE envelope, here only kept.
using QuickEnvelope = std::array<std::byte, 113>;
/// What a reader needs before it can make S. None for kinds link and held.
using KeyslotParameters = std::variant<std::monostate, Argon2Parameters, QuickEnvelope>;

/// A keyslot taken apart.
struct Keyslot {
  KeyslotKind kind = KeyslotKind::held;
  KeyslotParameters parameters;
  std::array<std::byte, 136> message{};

  bool operator==(const Keyslot&) const = default;
};

/// Where a keyslot belongs. It opens nowhere else.
struct SlotPlace {
  SealScope scope;
  SlotId slot;
};

/// What a keyslot gives: the transfer key and the one manifest that belongs to it. The keyslot of a
/// draft has 32 zero bytes there.
struct OpenedKeyslot {
  Secret<32> transfer_key;
  Commitment manifest{};
};

/// Errors: `damaged` for an unknown kind, a length other than the kind's, Argon2 values out of
/// bounds and bytes too few or too many.
Result<Keyslot> parse_keyslot(Bytes bytes);
/// The bytes that parse_keyslot() reads.
Buffer encode_keyslot(const Keyslot& keyslot);

/// Which kind of keyslot to make; kind and parameters must fit each other.
struct KeyslotForm {
  KeyslotKind kind = KeyslotKind::held;
  KeyslotParameters parameters;
};

/// Seals `content` under S.
Keyslot seal_keyslot(const KeyslotForm& form, const Secret<32>& s, const SlotPlace& place,
                     const OpenedKeyslot& content, Random& random);

/// Opens a keyslot.
/// Errors: `refused` where S is another: a wrong password or link; `damaged` where S is right and
/// the rest is not.
Result<OpenedKeyslot> open_keyslot(const Keyslot& keyslot, const Secret<32>& s,
                                   const SlotPlace& place);

/// Puts a keyslot into its coat: the bytes to store.
Buffer seal_coat(const Keyslot& keyslot, const Secret<32>& day_key, const SlotPlace& place,
                 Random& random);
/// Takes the coat off. Errors: `damaged`, also under another day's key: that is the server's fault
/// and never the fault of who types a password.
Result<Keyslot> open_coat(Bytes stored, const Secret<32>& day_key, const SlotPlace& place);

/// The fragment of a link: base64url(mode[1] || S), 44 characters. The caller wipes it.
std::string link_fragment(Mode mode, const Secret<32>& s);

struct LinkSecret {
  Mode mode = Mode::server;
  Secret<32> s;
};

/// Reads link_fragment(), without the `#`. Errors: `invalid`.
Result<LinkSecret> parse_link_fragment(std::string_view text);

}  // namespace couvert
