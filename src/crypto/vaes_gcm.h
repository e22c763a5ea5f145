// AES-256-GCM by Intel's ipsec-mb, for processors with VAES and AVX-512.
//
// The one place where its functions are called and a tag that it computed is compared: for sealing
// (aes_gcm.h), and with additional data for TLS (wide_provider.h).
#pragma once

// Without its old names, which are macros that change what OpenSSL declares.
#define NO_COMPAT_IMB_API_053
#include <intel-ipsec-mb.h>

#include "crypto/aes_gcm.h"

namespace couvert {

using GcmTag = std::array<std::byte, gcm_tag_bytes>;

/// What goes through the cipher at once. `out` is as long as `in`, and begins at its first byte or
/// does not overlap it.
struct GcmMessage {
  const GcmNonce& nonce;
  Bytes additional;
  Bytes in;
  MutableBytes out;
};

/// One key, expanded; wiped when it goes. Threads: one at a time.
class VaesGcm final : public AesGcm {
 public:
  /// Null where this processor has not what it takes, or the library's test of itself fails.
  static const IMB_MGR* find_functions();

  VaesGcm(const IMB_MGR& functions, GcmKey key);
  ~VaesGcm() override;
  VaesGcm(const VaesGcm&) = delete;
  VaesGcm& operator=(const VaesGcm&) = delete;

  void seal(const GcmNonce& nonce, Bytes plain, MutableBytes out) override;
  bool open(const GcmNonce& nonce, Bytes sealed, MutableBytes out) override;

  /// Seals, and gives the tag apart.
  void seal(const GcmMessage& message, GcmTag& tag);
  /// False, and `out` wiped, where `tag` does not match.
  bool open(const GcmMessage& message, const GcmTag& tag);

 private:
  const IMB_MGR& functions_;
  gcm_key_data key_;
};

/// Null where find_functions() finds none.
std::unique_ptr<AesGcm> make_vaes_gcm(GcmKey key);

}  // namespace couvert
