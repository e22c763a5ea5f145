// CRC-32 as ZIP uses it (polynomial 0xEDB88320).
#pragma once

#include <cstdint>

#include "base/bytes.h"

namespace couvert {

/// The CRC-32 of all bytes so far: begin with 0 and hand the answer in again with the next bytes.
/// Many GB/s a core.
std::uint32_t crc32(std::uint32_t so_far, Bytes more);

}  // namespace couvert
