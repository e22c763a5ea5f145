// Hybrid public key encryption (RFC 9180): one message from a sender who is proven by its key.
//
// The suite of Couvert: mode_auth, DHKEM(P-256, HKDF-SHA256), HKDF-SHA256, AES-256-GCM, no
// additional data. OpenSSL 3.0 has no HPKE; the curve, HMAC and AES are its.
#pragma once

#include "crypto/p256.h"

namespace couvert {

inline constexpr std::size_t hpke_extra_bytes = 65 + 16;  // encapsulated key and tag

/// Who sends to whom.
struct HpkeSender {
  const P256PrivateKey& sender;
  const P256PublicKey& recipient;
};
struct HpkeRecipient {
  const P256PrivateKey& recipient;
  const P256PublicKey& sender;
};

/// Returns encapsulated key[65] || ciphertext. A key pair is made for this message alone.
/// Errors: `invalid` where a key is none. Threads: any.
Result<Buffer> hpke_seal(const HpkeSender& keys, Bytes info, Bytes plain, Random& random);

/// Errors: `damaged` where it was not sealed by this sender for this recipient with this info, also
/// where a key is none. Threads: any.
Result<Buffer> hpke_open(const HpkeRecipient& keys, Bytes info, Bytes sealed);

// The parts, to be held against the vectors of RFC 9180.

/// AuthEncap() with that ephemeral key.
Result<Secret<32>> hpke_encapsulate(const HpkeSender& keys, const P256PrivateKey& ephemeral);
/// AuthDecap().
Result<Secret<32>> hpke_decapsulate(const HpkeRecipient& keys, const P256PublicKey& encapsulated);

enum class HpkeAead : std::uint8_t { aes_128_gcm = 1, aes_256_gcm = 2 };

/// A key, of which AES-128 takes the first 16 bytes, and the nonce of the first message.
struct HpkeKeys {
  Secret<32> key;
  std::array<std::byte, 12> nonce{};
};
HpkeKeys hpke_key_schedule(const Secret<32>& shared, Bytes info, HpkeAead aead);

}  // namespace couvert
