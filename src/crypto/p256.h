// Keys on the curve P-256 (NIST SP 800-186; secp256r1 of SEC 2), for hpke.h.
#pragma once

#include <array>

#include "base/random.h"
#include "base/secret.h"

namespace couvert {

/// An uncompressed point (SEC 1 section 2.3.3): 0x04 || x[32] || y[32].
using P256PublicKey = std::array<std::byte, 65>;
/// A whole number from 1 to the group's order less 1, the first byte the highest.
using P256PrivateKey = Secret<32>;

/// Draws a private key, every one as likely as any other.
P256PrivateKey make_p256_key(Random& random);

/// Errors: `invalid` for a number outside of the bounds.
Result<P256PublicKey> p256_public_key(const P256PrivateKey& key);

/// Whether it is a point of the curve, written in this form.
bool is_p256_point(const P256PublicKey& key);

/// The x coordinate of key times point (SP 800-56A section 5.7.1.2).
/// Errors: `invalid` where `other` is no point of the curve, or `key` out of bounds.
Result<Secret<32>> p256_shared_secret(const P256PrivateKey& key, const P256PublicKey& other);

}  // namespace couvert
