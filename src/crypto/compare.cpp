#include "crypto/compare.h"

#include <openssl/crypto.h>

namespace couvert {

bool same_bytes(Bytes a, Bytes b) {
  if (a.size() != b.size()) return false;
  return a.empty() || CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace couvert
