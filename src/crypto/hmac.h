// HMAC over pieces, for crypto/ itself: others take mac.h, message_cipher.h or hpke.h.
#pragma once

#include <initializer_list>

#include "base/bytes.h"

namespace couvert {

/// HMAC-SHA-512 of the pieces joined. Threads: any.
void hmac_sha512(Bytes key, std::initializer_list<Bytes> pieces, std::span<std::byte, 64> out);
/// HMAC-SHA-256, likewise.
void hmac_sha256(Bytes key, std::initializer_list<Bytes> pieces, std::span<std::byte, 32> out);

}  // namespace couvert
