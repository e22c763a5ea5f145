// A lock on a file of its own, held while the process lives: keeps a second server out.
#pragma once

#include <string>
#include <utility>

#include "base/result.h"

namespace couvert {

/// Lifetime: the lock ends with the object, and with the process however that ends.
class FileLock {
 public:
  /// Makes the file at `path` where it is missing (it stays there) and locks it, without waiting.
  /// Errors: `conflict` where it is locked already, also by this process; `unavailable`.
  static Result<FileLock> take(const std::string& path);

  FileLock() = default;
  ~FileLock();
  FileLock(FileLock&& other) noexcept : file_(std::exchange(other.file_, -1)) {}
  FileLock& operator=(FileLock&& other) noexcept {
    std::swap(file_, other.file_);
    return *this;
  }

 private:
  explicit FileLock(int file) : file_(file) {}

  int file_ = -1;
};

}  // namespace couvert
