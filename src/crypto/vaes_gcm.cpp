#include "crypto/vaes_gcm.h"

#include <intel-ipsec-mb.h>

#include "base/secret.h"
#include "crypto/compare.h"

namespace couvert {
namespace {

std::uint8_t* raw(std::byte* bytes) {
  return reinterpret_cast<std::uint8_t*>(bytes);
}
const std::uint8_t* raw(const std::byte* bytes) {
  return reinterpret_cast<const std::uint8_t*>(bytes);
}

// The library's functions for this processor: found and tested once, never changed. Null where
// they are not the ones that are faster than OpenSSL's.
const IMB_MGR* find_functions() {
  static const IMB_MGR* const found = []() -> const IMB_MGR* {
    IMB_MGR* functions = alloc_mb_mgr(0);
    if (functions == nullptr) return nullptr;
    IMB_ARCH arch = IMB_ARCH_NONE;
    init_mb_mgr_auto(functions, &arch);
    constexpr std::uint64_t wanted = IMB_CPUFLAGS_AVX512_T2 | IMB_FEATURE_SELF_TEST_PASS;
    if (imb_get_errno(functions) == 0 && arch == IMB_ARCH_AVX512 &&
        (functions->features & wanted) == wanted) {
      return functions;
    }
    free_mb_mgr(functions);
    return nullptr;
  }();
  return found;
}

class VaesGcm final : public AesGcm {
 public:
  VaesGcm(const IMB_MGR* functions, GcmKey key) : functions_(functions) {
    IMB_AES256_GCM_PRE(functions_, raw(key.data()), &key_);
  }
  ~VaesGcm() override { wipe(std::as_writable_bytes(std::span(&key_, 1))); }
  VaesGcm(const VaesGcm&) = delete;
  VaesGcm& operator=(const VaesGcm&) = delete;

  void seal(const GcmNonce& nonce, Bytes plain, MutableBytes out) override {
    gcm_context_data context;
    IMB_AES256_GCM_ENC(functions_, &key_, &context, raw(out.data()), raw(plain.data()),
                       plain.size(), raw(nonce.data()), nullptr, 0, raw(&out[plain.size()]),
                       gcm_tag_bytes);
    wipe(std::as_writable_bytes(std::span(&context, 1)));
  }

  // The library computes the tag and leaves the comparison to us.
  bool open(const GcmNonce& nonce, Bytes sealed, MutableBytes out) override {
    std::array<std::byte, gcm_tag_bytes> expected;  // taken first: `out` may lie over it
    std::copy_n(sealed.end() - gcm_tag_bytes, gcm_tag_bytes, expected.begin());
    std::array<std::byte, gcm_tag_bytes> tag;
    gcm_context_data context;
    IMB_AES256_GCM_DEC(functions_, &key_, &context, raw(out.data()), raw(sealed.data()), out.size(),
                       raw(nonce.data()), nullptr, 0, raw(tag.data()), gcm_tag_bytes);
    wipe(std::as_writable_bytes(std::span(&context, 1)));
    const bool same = same_bytes(tag, expected);
    wipe(tag);  // of bytes that somebody may have forged: the tag they would have needed
    if (!same) wipe(out);
    return same;
  }

 private:
  const IMB_MGR* functions_;
  gcm_key_data key_;
};

}  // namespace

std::unique_ptr<AesGcm> make_vaes_gcm(GcmKey key) {
  const IMB_MGR* functions = find_functions();
  if (functions == nullptr) return nullptr;
  return std::make_unique<VaesGcm>(functions, key);
}

}  // namespace couvert
