// Randomness, handed in by main so that a test can repeat itself.
#pragma once

#include <array>

#include "base/bytes.h"
#include "base/secret.h"

namespace couvert {

/// Where unpredictable bytes come from; the real one is crypto/random.h. Threads: any.
class Random {
 public:
  virtual ~Random() = default;
  /// Fills `out` with unpredictable bytes. Never fails: a machine without randomness ends the
  /// program.
  virtual void fill(MutableBytes out) = 0;

  template <std::size_t Size>
  std::array<std::byte, Size> bytes() {
    std::array<std::byte, Size> out;
    fill(out);
    return out;
  }

  template <std::size_t Size>
  Secret<Size> secret() {
    Secret<Size> out;
    fill(out.fill());
    return out;
  }
};

}  // namespace couvert
