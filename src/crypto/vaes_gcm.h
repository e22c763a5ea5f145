// AES-256-GCM by Intel's ipsec-mb, for processors with VAES and AVX-512.
#pragma once

#include "crypto/aes_gcm.h"

namespace couvert {

/// Null where this processor has not what it takes, or the library's test of itself fails.
std::unique_ptr<AesGcm> make_vaes_gcm(GcmKey key);

}  // namespace couvert
