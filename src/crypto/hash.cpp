#include "crypto/hash.h"

// A state that can be stored needs the block function itself, which EVP does not give; the
// low-level functions are deprecated in OpenSSL 3 and use the processor's SHA instructions just the
// same.
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/sha.h>

#include <algorithm>

namespace couvert {
namespace {

constexpr std::size_t block_bytes = 64;
constexpr std::size_t chain_bytes = 32;
constexpr std::uint64_t size_max = std::uint64_t{1} << 60;  // its bits fit SHA-256's counter

}  // namespace

Sha256Digest sha256(Bytes bytes) {
  Sha256 hash;
  hash.update(bytes);
  return hash.digest();
}

Sha256::Sha256() {
  SHA256_CTX first;
  SHA256_Init(&first);
  std::copy_n(first.h, chain_.size(), chain_.begin());
}

void Sha256::compress_blocks(Bytes blocks) {
  SHA256_CTX context;
  SHA256_Init(&context);
  std::copy(chain_.begin(), chain_.end(), context.h);
  SHA256_Update(&context, blocks.data(), blocks.size());
  std::copy_n(context.h, chain_.size(), chain_.begin());
}

void Sha256::update(Bytes more) {
  INVARIANT(more.size() < size_max - size_);
  const std::size_t filled = size_ % block_bytes;
  size_ += more.size();
  if (filled > 0) {
    const std::size_t taken = std::min(more.size(), block_bytes - filled);
    std::copy_n(more.begin(), taken, open_.begin() + static_cast<std::ptrdiff_t>(filled));
    more = more.subspan(taken);
    if (filled + taken < block_bytes) return;
    compress_blocks(open_);
  }
  const std::size_t whole = more.size() - more.size() % block_bytes;
  if (whole > 0) compress_blocks(more.first(whole));
  std::copy(more.begin() + static_cast<std::ptrdiff_t>(whole), more.end(), open_.begin());
}

Sha256Digest Sha256::digest() const {
  SHA256_CTX context;
  SHA256_Init(&context);
  std::copy(chain_.begin(), chain_.end(), context.h);
  const std::uint64_t bits = (size_ - size_ % block_bytes) * 8;
  context.Nl = static_cast<SHA_LONG>(bits);
  context.Nh = static_cast<SHA_LONG>(bits >> 32);
  SHA256_Update(&context, open_.data(), size_ % block_bytes);
  Sha256Digest out;
  SHA256_Final(reinterpret_cast<unsigned char*>(out.data()), &context);
  return out;
}

Buffer Sha256::state() const {
  Buffer out;
  for (const std::uint32_t word : chain_) append_integer(out, word, 4);
  append_integer(out, size_, 8);
  append(out, Bytes(open_).first(size_ % block_bytes));
  return out;
}

Result<Sha256> Sha256::resume(Bytes state) {
  constexpr std::size_t head_bytes = chain_bytes + 8;
  if (state.size() < head_bytes) return fail(ErrorCode::damaged, "a SHA-256 state is too short");
  Sha256 hash;
  for (std::size_t i = 0; i < hash.chain_.size(); ++i) {
    hash.chain_[i] = static_cast<std::uint32_t>(read_integer(state.subspan(4 * i, 4)));
  }
  hash.size_ = read_integer(state.subspan(chain_bytes, 8));
  const Bytes open = state.subspan(head_bytes);
  if (hash.size_ >= size_max || open.size() != hash.size_ % block_bytes) {
    return fail(ErrorCode::damaged, "a SHA-256 state of another length");
  }
  std::copy(open.begin(), open.end(), hash.open_.begin());
  return hash;
}

}  // namespace couvert
