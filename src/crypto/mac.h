// MAC(key, label, x): the one keyed hash of Couvert (spec/sealing.md, "Sealing bytes").
#pragma once

#include <array>
#include <string_view>

#include "base/bytes.h"
#include "base/secret.h"

namespace couvert {

/// The first 32 bytes of HMAC-SHA-512(key, label || 0x00 || x). `label` is ASCII without a zero
/// byte, so that no two labels can meet. Threads: any.
std::array<std::byte, 32> mac_bytes(Bytes key, std::string_view label, Bytes x);

/// The same under a secret key, whatever its length.
template <std::size_t Size>
std::array<std::byte, 32> mac(const Secret<Size>& key, std::string_view label, Bytes x) {
  return mac_bytes(key.expose(), label, x);
}

}  // namespace couvert
