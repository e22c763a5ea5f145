// SHA-256, in one go or piece by piece; the state of an unfinished one can be stored.
#pragma once

#include <array>
#include <cstdint>

#include "base/bytes.h"

namespace couvert {

using Sha256Digest = std::array<std::byte, 32>;

Sha256Digest sha256(Bytes bytes);

/// SHA-256 of bytes that come in pieces, also over the restarts of a program.
/// About 1 s of a core for each GiB. Threads: one at a time.
class Sha256 {
 public:
  Sha256();

  void update(Bytes more);
  /// How many bytes so far.
  std::uint64_t size() const { return size_; }
  /// The digest of all bytes so far. More may follow.
  Sha256Digest digest() const;

  /// What resume() needs: chaining value[32] || bytes so far[8] || the bytes of the open block
  /// (0 to 63). The open block is plaintext: store it sealed only.
  Buffer state() const;
  /// Errors: `damaged` for anything that state() cannot have written.
  static Result<Sha256> resume(Bytes state);

 private:
  void compress_blocks(Bytes blocks);

  std::array<std::uint32_t, 8> chain_;
  std::uint64_t size_ = 0;
  std::array<std::byte, 64> open_{};  // its first size_ % 64 bytes are filled
};

}  // namespace couvert
