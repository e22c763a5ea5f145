#include "crypto/crc32.h"

#include <libdeflate.h>

namespace couvert {

std::uint32_t crc32(std::uint32_t so_far, Bytes more) {
  // libdeflate takes a null pointer as "give me the first value", whatever came before.
  if (more.empty()) return so_far;
  return libdeflate_crc32(so_far, more.data(), more.size());
}

}  // namespace couvert
