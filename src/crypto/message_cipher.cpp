#include "crypto/message_cipher.h"

#include <algorithm>
#include <string_view>

#include "crypto/hmac.h"

namespace couvert {
namespace {

constexpr std::string_view scheme = "c2sp.org/chunked-encryption@v1+AEAD_AES_256_GCM";
constexpr std::size_t key_bytes = 32;

}  // namespace

MessageKeys derive_message_keys(const Secret<32>& key, const Salt& salt, Bytes context) {
  // HKDF-Expand (RFC 5869 section 2.3) of 76 bytes: T1 || T2, T(n) = HMAC(key, T(n-1) || info ||
  // n).
  const std::byte zero{0};
  const std::byte one{1};
  const std::byte two{2};
  const Bytes name = as_bytes(scheme);
  Secret<128> expanded;
  const auto first = expanded.fill().first<64>();
  const auto second = expanded.fill().last<64>();
  const Bytes separator(&zero, 1);
  hmac_sha512(key.expose(), {name, separator, salt, context, Bytes(&one, 1)}, first);
  hmac_sha512(key.expose(), {first, name, separator, salt, context, Bytes(&two, 1)}, second);

  MessageKeys keys;
  const auto bytes = expanded.expose();
  std::copy_n(bytes.begin(), keys.key_and_nonce.fill().size(), keys.key_and_nonce.fill().begin());
  std::copy_n(bytes.begin() + 44, keys.commitment.size(), keys.commitment.begin());
  return keys;
}

struct MessageCipher::State {
  std::unique_ptr<AesGcm> gcm;
  GcmNonce base_nonce;
  Direction direction;

  // The nonce of chunk `index`: the base nonce, its last eight bytes XOR the index.
  GcmNonce nonce(std::uint64_t index) const {
    GcmNonce out = base_nonce;
    for (std::size_t i = 0; i < 8; ++i) {
      out[gcm_nonce_bytes - 1 - i] ^= static_cast<std::byte>(index >> (8 * i));
    }
    return out;
  }
};

MessageCipher::MessageCipher(const MessageKeys& keys, Direction direction, GcmEngine engine)
    : state_(std::make_unique<State>()) {
  const auto bytes = keys.key_and_nonce.expose();
  state_->gcm = make_aes_gcm(bytes.first<key_bytes>(), engine);
  state_->direction = direction;
  std::copy_n(bytes.begin() + key_bytes, gcm_nonce_bytes, state_->base_nonce.begin());
}

MessageCipher::~MessageCipher() = default;
MessageCipher::MessageCipher(MessageCipher&&) noexcept = default;
MessageCipher& MessageCipher::operator=(MessageCipher&&) noexcept = default;

void MessageCipher::seal(std::uint64_t index, Bytes plain, MutableBytes out) {
  INVARIANT(state_->direction == Direction::seal);
  INVARIANT(out.size() == plain.size() + tag_bytes && plain.size() < (1U << 30));
  state_->gcm->seal(state_->nonce(index), plain, out);
}

Result<> MessageCipher::open(std::uint64_t index, Bytes sealed, MutableBytes out) {
  INVARIANT(state_->direction == Direction::open);
  INVARIANT(sealed.size() == out.size() + tag_bytes && sealed.size() < (1U << 30));
  if (state_->gcm->open(state_->nonce(index), sealed, out)) return {};
  return fail(ErrorCode::damaged, "a sealed chunk does not open");
}

}  // namespace couvert
