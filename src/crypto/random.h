// The machine's randomness.
#pragma once

#include "base/random.h"

namespace couvert {

/// Bytes from the kernel's generator, a system call for each fill: safe after a fork, nothing to
/// seed, no state in the process. Threads: any.
class SystemRandom final : public Random {
 public:
  void fill(MutableBytes out) override;
};

}  // namespace couvert
