// Randomness for tests: bytes that the test chose, or a pattern that never repeats.
#pragma once

#include <algorithm>

#include "base/random.h"

namespace couvert {

/// Gives the bytes it was made with, in order; after them a counter's bytes. Tests only.
class TestRandom final : public Random {
 public:
  TestRandom() = default;
  explicit TestRandom(Buffer first) : first_(std::move(first)) {}

  void fill(MutableBytes out) override {
    for (std::byte& byte : out) {
      byte = at_ < first_.size() ? first_[at_] : static_cast<std::byte>((counter_++ * 167) >> 3);
      ++at_;
    }
  }

 private:
  Buffer first_;
  std::size_t at_ = 0;
  std::uint64_t counter_ = 1;
};

/// `count` bytes counting up from `first`, as the specification's examples use them.
inline Buffer counting(unsigned first, std::size_t count) {
  Buffer out(count);
  for (std::size_t i = 0; i < count; ++i) out[i] = static_cast<std::byte>(first + i);
  return out;
}

template <std::size_t Size>
Secret<Size> counting_secret(unsigned first) {
  Secret<Size> out;
  const Buffer bytes = counting(first, Size);
  std::copy(bytes.begin(), bytes.end(), out.fill().begin());
  return out;
}

template <class Id>
Id counting_id(unsigned first) {
  Id id;
  const Buffer bytes = counting(first, id.bytes.size());
  std::copy(bytes.begin(), bytes.end(), id.bytes.begin());
  return id;
}

/// Plaintext of the specification's examples: byte i = (7 i + 3) mod 256.
inline Buffer example_plain(std::size_t count) {
  Buffer out(count);
  for (std::size_t i = 0; i < count; ++i) out[i] = static_cast<std::byte>(7 * i + 3);
  return out;
}

}  // namespace couvert
