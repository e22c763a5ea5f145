#include "crypto/aes_gcm.h"

#include <openssl/evp.h>

#include <algorithm>

#include "base/secret.h"
#include "crypto/openssl_bytes.h"
#include "crypto/vaes_gcm.h"

namespace couvert {
namespace {

struct CipherCloser {
  void operator()(EVP_CIPHER* cipher) const { EVP_CIPHER_free(cipher); }
  void operator()(EVP_CIPHER_CTX* context) const { EVP_CIPHER_CTX_free(context); }
};

class OpensslGcm final : public AesGcm {
 public:
  explicit OpensslGcm(GcmKey key)
      : cipher_(EVP_CIPHER_fetch(nullptr, "AES-256-GCM", nullptr)), context_(EVP_CIPHER_CTX_new()) {
    INVARIANT(cipher_ != nullptr && context_ != nullptr);
    INVARIANT(EVP_CipherInit_ex2(context_.get(), cipher_.get(), raw(key.data()), nullptr, 1,
                                 nullptr) == 1);
  }

  void seal(const GcmNonce& nonce, Bytes plain, MutableBytes out) override {
    EVP_CIPHER_CTX* context = context_.get();
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
    INVARIANT(EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, gcm_tag_bytes, tag) == 1);
  }

  bool open(const GcmNonce& nonce, Bytes sealed, MutableBytes out) override {
    EVP_CIPHER_CTX* context = context_.get();
    INVARIANT(EVP_DecryptInit_ex2(context, nullptr, nullptr, raw(nonce.data()), nullptr) == 1);
    // The tag is taken first: `out` may lie over it.
    std::array<std::byte, gcm_tag_bytes> tag;
    std::copy_n(sealed.end() - gcm_tag_bytes, gcm_tag_bytes, tag.begin());
    INVARIANT(EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, gcm_tag_bytes, tag.data()) == 1);
    int written = 0;
    if (!out.empty()) {
      INVARIANT(EVP_DecryptUpdate(context, raw(out.data()), &written, raw(sealed.data()),
                                  static_cast<int>(out.size())) == 1);
    }
    INVARIANT(static_cast<std::size_t>(written) == out.size());
    int rest = 0;
    if (EVP_DecryptFinal_ex(context, raw(tag.data()), &rest) == 1) return true;
    wipe(out);
    return false;
  }

 private:
  std::unique_ptr<EVP_CIPHER, CipherCloser> cipher_;
  std::unique_ptr<EVP_CIPHER_CTX, CipherCloser> context_;
};

}  // namespace

std::unique_ptr<AesGcm> make_aes_gcm(GcmKey key, GcmEngine engine) {
  if (engine == GcmEngine::fastest) {
    std::unique_ptr<AesGcm> vaes = make_vaes_gcm(key);
    if (vaes) return vaes;
  }
  return std::make_unique<OpensslGcm>(key);
}

}  // namespace couvert
