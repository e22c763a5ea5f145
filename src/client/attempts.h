// Trying again after a broken line: growing pauses, up to a bound, anew after every step forward.
#pragma once

#include <algorithm>
#include <chrono>

#include "client/patience.h"
#include "client/problem.h"

namespace couvert {

/// Order: again() after each failure, worked() after each step forward.
class Attempts {
 public:
  static constexpr int attempts_max = 10;  // without a step forward
  static constexpr std::chrono::seconds pause_max{30};

  explicit Attempts(Patience& patience) : patience_(patience) {}

  /// Whether to try again after `problem`; waits before it says yes: 1, 2, 4, ... 30 seconds, or
  /// what the server asks for within the bound. No for problems that do not pass.
  bool again(const Problem& problem);
  void worked() { failed_ = 0; }

 private:
  Patience& patience_;
  int failed_ = 0;
};

}  // namespace couvert
