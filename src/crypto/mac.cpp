#include "crypto/mac.h"

#include <algorithm>

#include "crypto/hmac.h"

namespace couvert {

std::array<std::byte, 32> mac_bytes(Bytes key, std::string_view label, Bytes x) {
  INVARIANT(!label.empty() && label.find('\0') == std::string_view::npos);
  const std::byte separator{0};
  Secret<64> whole;
  hmac_sha512(key, {as_bytes(label), Bytes(&separator, 1), x}, whole.fill());
  std::array<std::byte, 32> out;
  std::copy_n(whole.expose().begin(), out.size(), out.begin());
  return out;
}

}  // namespace couvert
