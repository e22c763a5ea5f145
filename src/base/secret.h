// Secrets as types: wiped when they go, never swapped, never in a core dump, never printed.
//
// The bytes of a Secret lie in pages that are locked and marked as not to be dumped; a copy is made
// by name only (clone()). Only crypto/ may read the bytes: tools/layers keeps expose() there.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace couvert {

/// Takes `size` bytes (1 to 2048) of locked, not dumped, zeroed memory. Ends the process where
/// there is none. Threads: any.
std::byte* take_secret_memory(std::size_t size);
/// Wipes the bytes and gives them back. `memory` may be null.
void release_secret_memory(std::byte* memory, std::size_t size) noexcept;
/// Wipes ordinary memory that held something secret for a moment; the compiler cannot drop it.
void wipe(std::span<std::byte> memory) noexcept;
void wipe(std::string& text) noexcept;

/// `Size` secret bytes. A moved-from secret is empty and must not be used.
/// Memory: locked pages, see above. Threads: one at a time.
template <std::size_t Size>
class Secret {
 public:
  /// All zero; to be filled through fill().
  Secret() : memory_(take_secret_memory(Size)) {}
  ~Secret() { release_secret_memory(memory_, Size); }
  Secret(Secret&& other) noexcept : memory_(std::exchange(other.memory_, nullptr)) {}
  Secret& operator=(Secret&& other) noexcept {
    std::swap(memory_, other.memory_);
    return *this;
  }
  Secret(const Secret&) = delete;
  Secret& operator=(const Secret&) = delete;

  /// The bytes themselves. Only crypto/ may call this; tools/layers keeps it so.
  std::span<const std::byte, Size> expose() const {
    return std::span<const std::byte, Size>(memory_, Size);
  }

  /// Where a new value is written. Whoever fills a secret from ordinary memory wipes that memory.
  std::span<std::byte, Size> fill() { return std::span<std::byte, Size>(memory_, Size); }

  Secret clone() const {
    Secret copy;
    for (std::size_t i = 0; i < Size; ++i) copy.memory_[i] = memory_[i];
    return copy;
  }

 private:
  std::byte* memory_;
};

}  // namespace couvert
