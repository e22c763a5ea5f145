// QUICK: what two clients that are connected seal for each other (spec/quick.md).
//
// Only clients call this: whoever has a private key here is one. The server keeps and relays the
// bytes. Addresses are written as the server writes them: lower case, the domain as A-labels.
#pragma once

#include "crypto/hpke.h"
#include "sealing/keyslot.h"

namespace couvert {

inline constexpr std::size_t person_secret_bytes = 32 + 65 + 32;

/// What every client of a person has in common.
struct PersonSecret {
  P256PrivateKey key;
  P256PublicKey public_key{};
  Secret<32> book_key;  // of the contact book
};

/// Draws a new one. Threads of all: any.
PersonSecret make_person(Random& random);

/// An address with its public key.
struct QuickPerson {
  std::string_view address;
  const P256PublicKey& key;
};

/// Where an envelope belongs: one keyslot, from whom, to whom.
struct QuickPlace {
  SealScope scope;
  SlotId slot;
  std::string_view sender;
  std::string_view recipient;
};

/// Seals S of a transfer for its recipient. Errors: `invalid` where a key is none.
Result<QuickEnvelope> seal_envelope(const QuickPlace& place, const HpkeSender& keys,
                                    const Secret<32>& secret, Random& random);
/// Errors: `damaged` where it was not sealed by this sender, for this recipient and this place.
Result<Secret<32>> open_envelope(const QuickPlace& place, const HpkeRecipient& keys,
                                 const QuickEnvelope& envelope);

/// The recipient's answer to an invitation: key[65] || tag[32].
struct QuickAnswer {
  P256PublicKey key{};
  std::array<std::byte, 32> tag{};
};
inline constexpr std::size_t quick_answer_bytes = 65 + 32;
Buffer encode_answer(const QuickAnswer& answer);
/// Errors: `damaged` for another length and what is no key.
Result<QuickAnswer> parse_answer(Bytes bytes);

/// What shows the sender of an invitation that whoever answers has opened it.
std::array<std::byte, 32> answer_tag(const Secret<32>& invitation, const SealId& seal,
                                     const QuickPerson& sender, const QuickPerson& recipient);

/// A code as people read and type it: 26 characters of base32. The caller wipes it.
std::string code_text(const Secret<16>& code);
/// Errors: `invalid`. Case, blanks and hyphens do not matter.
Result<Secret<16>> parse_code(std::string_view text);

/// The key that a code of 16 bytes stands for: to let in one more client, or to recover.
Secret<32> code_key(const Secret<16>& code, std::string_view address);

/// What two people compare by phone: 20 characters of base32.
std::string fingerprint(const QuickPerson& person);

/// Seals a person's secret under a device key or a code key.
Buffer seal_person(const Secret<32>& key, std::string_view address, const PersonSecret& person,
                   Random& random);
/// Errors: `damaged`, also where the public key does not belong to the private one.
Result<PersonSecret> open_person(const Secret<32>& key, std::string_view address, Bytes sealed);

/// How a client proves to the server which client it is: MAC of its device key.
Secret<32> device_token(const Secret<32>& device_key, std::string_view address,
                        const DeviceId& device);
/// How a client proves to the server that it has the person's secret: MAC of the book key.
Secret<32> member_token(const Secret<32>& book_key, std::string_view address);

}  // namespace couvert
