// Checksums that a client sends with bytes, to find what a line damaged. They prove nothing about
// who sent them: for that there is sealing.
#pragma once

#include <memory>

#include "base/bytes.h"

struct evp_md_ctx_st;

namespace couvert {

enum class ChecksumKind { sha1, sha256 };

/// What bytes should add up to.
struct Checksum {
  ChecksumKind kind = ChecksumKind::sha256;
  Buffer digest;

  bool operator==(const Checksum&) const = default;
};

/// How long a digest of that kind is: 20 or 32 bytes.
std::size_t digest_bytes(ChecksumKind kind);

/// Adds up bytes that come in pieces; about 0.6 (SHA-1) or 1 s (SHA-256) of a core for each GiB.
/// Threads: one at a time.
class ChecksumCounter {
 public:
  explicit ChecksumCounter(ChecksumKind kind);

  void update(Bytes more);
  /// Order: once, after the last update().
  Buffer digest();

 private:
  struct Closer {
    void operator()(evp_md_ctx_st* context) const;
  };
  std::unique_ptr<evp_md_ctx_st, Closer> context_;
};

}  // namespace couvert
