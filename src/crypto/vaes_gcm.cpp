#include "crypto/vaes_gcm.h"

#include <algorithm>

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

}  // namespace

// Found and tested once, never changed. Null, too, where they are not the ones that are faster than
// OpenSSL's.
const IMB_MGR* VaesGcm::find_functions() {
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

VaesGcm::VaesGcm(const IMB_MGR& functions, GcmKey key) : functions_(functions) {
  IMB_AES256_GCM_PRE(&functions_, raw(key.data()), &key_);
}

VaesGcm::~VaesGcm() {
  wipe(std::as_writable_bytes(std::span(&key_, 1)));
}

void VaesGcm::seal(const GcmMessage& message, GcmTag& tag) {
  gcm_context_data context;
  IMB_AES256_GCM_ENC(&functions_, &key_, &context, raw(message.out.data()), raw(message.in.data()),
                     message.in.size(), raw(message.nonce.data()), raw(message.additional.data()),
                     message.additional.size(), raw(tag.data()), tag.size());
  wipe(std::as_writable_bytes(std::span(&context, 1)));
}

// The library computes the tag and leaves the comparison to us.
bool VaesGcm::open(const GcmMessage& message, const GcmTag& tag) {
  GcmTag computed;
  gcm_context_data context;
  IMB_AES256_GCM_DEC(&functions_, &key_, &context, raw(message.out.data()), raw(message.in.data()),
                     message.in.size(), raw(message.nonce.data()), raw(message.additional.data()),
                     message.additional.size(), raw(computed.data()), computed.size());
  wipe(std::as_writable_bytes(std::span(&context, 1)));
  const bool same = same_bytes(computed, tag);
  wipe(computed);  // of bytes that somebody may have forged: the tag they would have needed
  if (!same) wipe(message.out);
  return same;
}

void VaesGcm::seal(const GcmNonce& nonce, Bytes plain, MutableBytes out) {
  GcmTag tag;
  seal({nonce, {}, plain, out.first(plain.size())}, tag);
  std::copy(tag.begin(), tag.end(), out.subspan(plain.size()).begin());
}

bool VaesGcm::open(const GcmNonce& nonce, Bytes sealed, MutableBytes out) {
  GcmTag tag;  // taken first: `out` may lie over it
  std::copy_n(sealed.end() - gcm_tag_bytes, gcm_tag_bytes, tag.begin());
  return open({nonce, {}, sealed.first(out.size()), out}, tag);
}

std::unique_ptr<AesGcm> make_vaes_gcm(GcmKey key) {
  const IMB_MGR* functions = VaesGcm::find_functions();
  if (functions == nullptr) return nullptr;
  return std::make_unique<VaesGcm>(*functions, key);
}

}  // namespace couvert
