// The system calls behind key folder and master key, with errors as Results.
#pragma once

#include <string>

#include "base/bytes.h"

namespace couvert {

/// A file descriptor that closes itself.
class Descriptor {
 public:
  explicit Descriptor(int number = -1) : number_(number) {}
  ~Descriptor();
  Descriptor(Descriptor&& other) noexcept;
  Descriptor& operator=(Descriptor&& other) noexcept;

  int get() const { return number_; }
  bool is_open() const { return number_ >= 0; }

 private:
  int number_;
};

/// The error in errno: `full` without space, else `unavailable`. `what` says what was tried.
Error system_error(const std::string& what);

/// Writes all bytes; not durable yet.
Result<> write_all(const Descriptor& file, Bytes bytes);
/// Makes a file's bytes or a folder's entries durable. After an error the bytes are lost: the
/// system may have forgotten that they were never written.
Result<> sync(const Descriptor& file);
/// Makes the name of a file or folder durable.
Result<> sync_parent(const std::string& path);
/// Reads a whole file of at most `bytes_max`. Errors: `damaged` for a longer one.
Result<Buffer> read_whole(const Descriptor& file, std::size_t bytes_max);

}  // namespace couvert
