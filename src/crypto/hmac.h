// HMAC-SHA-512 over pieces, for crypto/ itself: others take mac.h or message_cipher.h.
#pragma once

#include <initializer_list>

#include "base/bytes.h"

namespace couvert {

/// HMAC-SHA-512 of the pieces joined. Threads: any.
void hmac_sha512(Bytes key, std::initializer_list<Bytes> pieces, std::span<std::byte, 64> out);

}  // namespace couvert
