// Comparing without telling by the time it takes where the first difference lies.
#pragma once

#include "base/bytes.h"
#include "base/secret.h"

namespace couvert {

/// Whether both are the same bytes. The time depends on the lengths only; these are no secret.
bool same_bytes(Bytes a, Bytes b);

template <std::size_t Size>
bool same_secret(const Secret<Size>& a, const Secret<Size>& b) {
  return same_bytes(a.expose(), b.expose());
}

}  // namespace couvert
