#include "base/secret.h"

#include <string.h>
#include <sys/mman.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <mutex>
#include <vector>

namespace couvert {
namespace {

constexpr std::size_t slot_bytes = 64;  // a Secret<32> takes one; larger ones a run of them
constexpr std::size_t pool_bytes =
    64 * 1024;  // of locked memory a time: a small share of the usual limit

[[noreturn]] void end_without_memory() {
  std::fputs("no locked memory for secrets: raise the limit of locked memory (RLIMIT_MEMLOCK)\n",
             stderr);
  std::abort();
}

// Pages that are locked and not dumped, cut into equal slots. One for each size of secret.
class SlotPool {
 public:
  explicit SlotPool(std::size_t bytes) : bytes_(bytes) {}

  std::byte* take() {
    const std::lock_guard hold(mutex_);
    if (free_.empty()) grow();
    std::byte* slot = free_.back();
    free_.pop_back();
    return slot;
  }

  void release(std::byte* slot) {
    const std::lock_guard hold(mutex_);
    free_.push_back(slot);
  }

 private:
  void grow() {
    void* pages =
        mmap(nullptr, pool_bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (pages == MAP_FAILED) end_without_memory();
    // Not mlock(), which sanitizers replace by nothing: the tests look for the lock.
    if (mlock2(pages, pool_bytes, 0) != 0) end_without_memory();
    // A kernel that cannot leave pages out of dumps gets no secrets.
    if (madvise(pages, pool_bytes, MADV_DONTDUMP) != 0) end_without_memory();
    // free_ never shrinks its capacity, so release() cannot fail.
    capacity_ += pool_bytes / bytes_;
    free_.reserve(capacity_);
    for (std::size_t at = 0; at + bytes_ <= pool_bytes; at += bytes_) {
      free_.push_back(static_cast<std::byte*>(pages) + at);
    }
  }

  std::size_t bytes_;
  std::mutex mutex_;
  std::size_t capacity_ = 0;
  std::vector<std::byte*> free_;
};

SlotPool& pool_for(std::size_t size) {
  // Lives as long as the process: a secret may be released by a static object's destructor.
  static auto& pools = *new std::array<SlotPool, 6>{SlotPool(64),  SlotPool(128),  SlotPool(256),
                                                    SlotPool(512), SlotPool(1024), SlotPool(2048)};
  std::size_t index = 0;
  for (std::size_t bytes = slot_bytes; bytes < size; bytes *= 2) ++index;
  if (index >= pools.size()) std::abort();
  return pools[index];
}

}  // namespace

std::byte* take_secret_memory(std::size_t size) {
  return pool_for(size).take();
}

void release_secret_memory(std::byte* memory, std::size_t size) noexcept {
  if (memory == nullptr) return;
  explicit_bzero(memory, size);
  pool_for(size).release(memory);
}

void wipe(std::span<std::byte> memory) noexcept {
  if (!memory.empty()) explicit_bzero(memory.data(), memory.size());
}

void wipe(std::string& text) noexcept {
  if (!text.empty()) explicit_bzero(text.data(), text.size());
  text.clear();
}

}  // namespace couvert
