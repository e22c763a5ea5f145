// The least that a client must move while a request's bytes go one way: who is slower holds a
// connection, a thread's turn and an open file for nothing.
#pragma once

#include <cstdint>

#include "base/clock.h"
#include "base/limits.h"

namespace couvert {

/// Counts the time that was spent waiting for the other side alone: a slow disk of ours is not
/// held against a client.
class LeastRate {
 public:
  /// `waited` for the other side, which moved `bytes` meanwhile. False where it moved less than
  /// limits::rate_bytes_min in limits::rate_time.
  bool keeps(Duration waited, std::uint64_t bytes) {
    waited_ += waited;
    moved_ += bytes;
    if (waited_ < limits::rate_time) return true;
    const bool enough = moved_ >= limits::rate_bytes_min;
    waited_ = Duration(0);
    moved_ = 0;
    return enough;
  }

 private:
  Duration waited_{0};
  std::uint64_t moved_ = 0;
};

}  // namespace couvert
