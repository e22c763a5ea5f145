#include "crypto/hpke.h"

#include <algorithm>
#include <memory>

#include "crypto/aes_gcm.h"
#include "crypto/hmac.h"

namespace couvert {
namespace {

constexpr std::array<std::byte, 32> no_salt{};

// "KEM" and the number of DHKEM(P-256, HKDF-SHA256).
constexpr auto kem_suite =
    std::to_array({std::byte{'K'}, std::byte{'E'}, std::byte{'M'}, std::byte{0}, std::byte{0x10}});

using Suite = std::array<std::byte, 10>;

// "HPKE" and the numbers of KEM, KDF and AEAD.
Suite suite_of(HpkeAead aead) {
  return {std::byte{'H'}, std::byte{'P'},
          std::byte{'K'}, std::byte{'E'},
          std::byte{0},   std::byte{0x10},
          std::byte{0},   std::byte{1},
          std::byte{0},   static_cast<std::byte>(aead)};
}

// LabeledExtract(salt, label, ikm), section 4.
Secret<32> extract(Bytes suite, Bytes salt, std::string_view label, Bytes ikm) {
  Secret<32> out;
  hmac_sha256(salt, {as_bytes("HPKE-v1"), suite, as_bytes(label), ikm}, out.fill());
  return out;
}

// LabeledExpand(prk, label, info, L) for an L of at most one block.
void expand(Bytes suite, const Secret<32>& prk, std::string_view label, Bytes info,
            MutableBytes out) {
  INVARIANT(out.size() <= 32);
  const std::array length = {std::byte{0}, static_cast<std::byte>(out.size())};
  const std::array counter = {std::byte{1}};
  Secret<32> block;
  hmac_sha256(prk.expose(), {length, as_bytes("HPKE-v1"), suite, as_bytes(label), info, counter},
              block.fill());
  std::copy_n(block.expose().begin(), out.size(), out.begin());
}

// ExtractAndExpand() of both Diffie-Hellman values, section 4.1.
Secret<32> shared_of(const Secret<32>& ephemeral, const Secret<32>& fixed,
                     std::initializer_list<Bytes> context) {
  Secret<64> both;
  std::copy_n(ephemeral.expose().begin(), 32, both.fill().begin());
  std::copy_n(fixed.expose().begin(), 32, both.fill().begin() + 32);
  Buffer joined;
  for (const Bytes piece : context) append(joined, piece);
  const Secret<32> prk = extract(kem_suite, no_salt, "eae_prk", both.expose());
  Secret<32> shared;
  expand(kem_suite, prk, "shared_secret", joined, shared.fill());
  return shared;
}

std::unique_ptr<AesGcm> cipher_of(const HpkeKeys& keys) {
  return make_aes_gcm(keys.key.expose(), GcmEngine::openssl);
}

}  // namespace

Result<Secret<32>> hpke_encapsulate(const HpkeSender& keys, const P256PrivateKey& ephemeral) {
  const Result<P256PublicKey> encapsulated = p256_public_key(ephemeral);
  if (!encapsulated) return pass(encapsulated);
  const Result<P256PublicKey> sender = p256_public_key(keys.sender);
  if (!sender) return pass(sender);
  const Result<Secret<32>> first = p256_shared_secret(ephemeral, keys.recipient);
  if (!first) return pass(first);
  const Result<Secret<32>> second = p256_shared_secret(keys.sender, keys.recipient);
  if (!second) return pass(second);
  return shared_of(*first, *second, {*encapsulated, keys.recipient, *sender});
}

Result<Secret<32>> hpke_decapsulate(const HpkeRecipient& keys, const P256PublicKey& encapsulated) {
  const Result<P256PublicKey> recipient = p256_public_key(keys.recipient);
  if (!recipient) return pass(recipient);
  const Result<Secret<32>> first = p256_shared_secret(keys.recipient, encapsulated);
  if (!first) return pass(first);
  const Result<Secret<32>> second = p256_shared_secret(keys.recipient, keys.sender);
  if (!second) return pass(second);
  return shared_of(*first, *second, {encapsulated, *recipient, keys.sender});
}

// KeySchedule<mode_auth>() without a pre-shared key, section 5.1.
HpkeKeys hpke_key_schedule(const Secret<32>& shared, Bytes info, HpkeAead aead) {
  const Suite suite = suite_of(aead);
  const Secret<32> psk_id = extract(suite, no_salt, "psk_id_hash", {});
  const Secret<32> info_hash = extract(suite, no_salt, "info_hash", info);
  Buffer context = {std::byte{2}};  // mode_auth
  append(context, psk_id.expose());
  append(context, info_hash.expose());
  const Secret<32> secret = extract(suite, shared.expose(), "secret", {});
  HpkeKeys keys;
  const std::size_t key_bytes = aead == HpkeAead::aes_128_gcm ? 16 : 32;
  expand(suite, secret, "key", context, keys.key.fill().first(key_bytes));
  expand(suite, secret, "base_nonce", context, keys.nonce);
  return keys;
}

Result<Buffer> hpke_seal(const HpkeSender& keys, Bytes info, Bytes plain, Random& random) {
  const P256PrivateKey ephemeral = make_p256_key(random);
  const Result<Secret<32>> shared = hpke_encapsulate(keys, ephemeral);
  if (!shared) return pass(shared);
  const Result<P256PublicKey> encapsulated = p256_public_key(ephemeral);
  INVARIANT(encapsulated);
  const HpkeKeys made = hpke_key_schedule(*shared, info, HpkeAead::aes_256_gcm);
  Buffer sealed(plain.size() + hpke_extra_bytes);
  std::copy(encapsulated->begin(), encapsulated->end(), sealed.begin());
  cipher_of(made)->seal(made.nonce, plain, MutableBytes(sealed).subspan(encapsulated->size()));
  return sealed;
}

Result<Buffer> hpke_open(const HpkeRecipient& keys, Bytes info, Bytes sealed) {
  if (sealed.size() < hpke_extra_bytes) return fail(ErrorCode::damaged, "too short for HPKE");
  P256PublicKey encapsulated{};
  std::copy_n(sealed.begin(), encapsulated.size(), encapsulated.begin());
  const Result<Secret<32>> shared = hpke_decapsulate(keys, encapsulated);
  if (!shared) return fail(ErrorCode::damaged, shared.error().detail);
  const HpkeKeys made = hpke_key_schedule(*shared, info, HpkeAead::aes_256_gcm);
  Buffer plain(sealed.size() - hpke_extra_bytes);
  const Bytes ciphertext = sealed.subspan(encapsulated.size());
  if (!cipher_of(made)->open(made.nonce, ciphertext, plain)) {
    return fail(ErrorCode::damaged, "not sealed by this sender for this recipient");
  }
  return plain;
}

}  // namespace couvert
