#include "crypto/message_cipher.h"

#include <openssl/evp.h>

#include <algorithm>
#include <string_view>

#include "crypto/hmac.h"

namespace couvert {
namespace {

constexpr std::string_view scheme = "c2sp.org/chunked-encryption@v1+AEAD_AES_256_GCM";
constexpr std::size_t key_bytes = 32;
constexpr std::size_t nonce_bytes = 12;

unsigned char* raw(std::byte* bytes) {
  return reinterpret_cast<unsigned char*>(bytes);
}
const unsigned char* raw(const std::byte* bytes) {
  return reinterpret_cast<const unsigned char*>(bytes);
}

struct CipherCloser {
  void operator()(EVP_CIPHER* cipher) const { EVP_CIPHER_free(cipher); }
  void operator()(EVP_CIPHER_CTX* context) const { EVP_CIPHER_CTX_free(context); }
};

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
  std::unique_ptr<EVP_CIPHER, CipherCloser> cipher;
  std::unique_ptr<EVP_CIPHER_CTX, CipherCloser> context;
  std::array<std::byte, nonce_bytes> base_nonce;
  Direction direction;

  // The nonce of chunk `index`: the base nonce, its last eight bytes XOR the index.
  std::array<std::byte, nonce_bytes> nonce(std::uint64_t index) const {
    std::array<std::byte, nonce_bytes> out = base_nonce;
    for (std::size_t i = 0; i < 8; ++i) {
      out[nonce_bytes - 1 - i] ^= static_cast<std::byte>(index >> (8 * i));
    }
    return out;
  }
};

MessageCipher::MessageCipher(const MessageKeys& keys, Direction direction)
    : state_(std::make_unique<State>()) {
  state_->direction = direction;
  state_->cipher.reset(EVP_CIPHER_fetch(nullptr, "AES-256-GCM", nullptr));
  state_->context.reset(EVP_CIPHER_CTX_new());
  INVARIANT(state_->cipher != nullptr && state_->context != nullptr);
  const auto bytes = keys.key_and_nonce.expose();
  std::copy_n(bytes.begin() + key_bytes, nonce_bytes, state_->base_nonce.begin());
  const int encrypt = direction == Direction::seal ? 1 : 0;
  INVARIANT(EVP_CipherInit_ex2(state_->context.get(), state_->cipher.get(), raw(bytes.data()),
                               nullptr, encrypt, nullptr) == 1);
}

MessageCipher::~MessageCipher() = default;
MessageCipher::MessageCipher(MessageCipher&&) noexcept = default;
MessageCipher& MessageCipher::operator=(MessageCipher&&) noexcept = default;

void MessageCipher::seal(std::uint64_t index, Bytes plain, MutableBytes out) {
  INVARIANT(state_->direction == Direction::seal);
  INVARIANT(out.size() == plain.size() + tag_bytes && plain.size() < (1U << 30));
  const auto nonce = state_->nonce(index);
  EVP_CIPHER_CTX* context = state_->context.get();
  INVARIANT(EVP_EncryptInit_ex2(context, nullptr, nullptr, raw(nonce.data()), nullptr) == 1);
  int written = 0;
  if (!plain.empty()) {
    INVARIANT(EVP_EncryptUpdate(context, raw(out.data()), &written, raw(plain.data()),
                                static_cast<int>(plain.size())) == 1);
  }
  INVARIANT(static_cast<std::size_t>(written) == plain.size());
  std::byte* tag = out.data() + plain.size();
  int rest = 0;
  INVARIANT(EVP_EncryptFinal_ex(context, raw(tag), &rest) == 1 && rest == 0);
  INVARIANT(EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, tag_bytes, tag) == 1);
}

Result<> MessageCipher::open(std::uint64_t index, Bytes sealed, MutableBytes out) {
  INVARIANT(state_->direction == Direction::open);
  INVARIANT(sealed.size() == out.size() + tag_bytes && sealed.size() < (1U << 30));
  const auto nonce = state_->nonce(index);
  EVP_CIPHER_CTX* context = state_->context.get();
  INVARIANT(EVP_DecryptInit_ex2(context, nullptr, nullptr, raw(nonce.data()), nullptr) == 1);
  // The tag is taken first: `out` may lie over it.
  std::array<std::byte, tag_bytes> tag;
  std::copy_n(sealed.end() - tag_bytes, tag_bytes, tag.begin());
  INVARIANT(EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, tag_bytes, tag.data()) == 1);
  int written = 0;
  if (!out.empty()) {
    INVARIANT(EVP_DecryptUpdate(context, raw(out.data()), &written, raw(sealed.data()),
                                static_cast<int>(out.size())) == 1);
  }
  INVARIANT(static_cast<std::size_t>(written) == out.size());
  int rest = 0;
  if (EVP_DecryptFinal_ex(context, raw(tag.data()), &rest) != 1) {
    wipe(out);
    return fail(ErrorCode::damaged, "a sealed chunk does not open");
  }
  return {};
}

}  // namespace couvert
