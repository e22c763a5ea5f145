// AES-256-GCM of one chunk at a time, without additional data: by OpenSSL, or three times as fast
// by Intel's ipsec-mb where the processor has wide AES instructions (VAES with AVX-512).
//
// Both give the same bytes; OpenSSL is the reference in the tests. docs/decisions/0059.
#pragma once

#include <array>
#include <memory>

#include "base/bytes.h"

namespace couvert {

constexpr std::size_t gcm_nonce_bytes = 12;
constexpr std::size_t gcm_tag_bytes = 16;

using GcmKey = std::span<const std::byte, 32>;
using GcmNonce = std::array<std::byte, gcm_nonce_bytes>;

enum class GcmEngine { fastest, openssl };

/// One key.
///
/// Order:    who seals takes each nonce once: a second time would give the key's secrets away.
/// Memory:   some kilobytes.
/// Lifetime: copies the key, wipes it at its end. `out` begins at the first byte of what is read,
///           or does not overlap it.
/// Threads:  one at a time.
class AesGcm {
 public:
  virtual ~AesGcm() = default;
  /// Seals `plain` into `out`, which holds 16 bytes more: the tag.
  virtual void seal(const GcmNonce& nonce, Bytes plain, MutableBytes out) = 0;
  /// Opens `sealed` into `out`, which holds 16 bytes less. False, and `out` wiped, where the tag
  /// does not match.
  virtual bool open(const GcmNonce& nonce, Bytes sealed, MutableBytes out) = 0;
};

/// `fastest` is OpenSSL where the processor lacks what ipsec-mb needs. Never null.
std::unique_ptr<AesGcm> make_aes_gcm(GcmKey key, GcmEngine engine);

}  // namespace couvert
