// Bytes as OpenSSL's functions take them.
#pragma once

#include "base/bytes.h"

namespace couvert {

inline const unsigned char* raw(Bytes bytes) {
  return reinterpret_cast<const unsigned char*>(bytes.data());
}

inline unsigned char* raw_out(MutableBytes bytes) {
  return reinterpret_cast<unsigned char*>(bytes.data());
}

}  // namespace couvert
