// The few things that the object store asks of a disk, so that a test can be a broken one.
//
// Nothing here is durable before it was synced: bytes by DiskFile::sync(), names by sync_folder().
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "base/bytes.h"
#include "base/clock.h"

namespace couvert {

/// An open file. Errors of all: `full` where there is no space; `unavailable`.
/// Threads: one at a time.
class DiskFile {
 public:
  virtual ~DiskFile() = default;
  /// Appends, whole.
  virtual Result<> write(Bytes bytes) = 0;
  /// Bytes and length are durable on return. After an error they are lost, and a second sync()
  /// that succeeds would prove nothing.
  virtual Result<> sync() = 0;
  virtual Result<std::uint64_t> size() = 0;
  /// Fills the whole of `out`. Errors: also `damaged` past the end.
  virtual Result<> read(std::uint64_t offset, MutableBytes out) = 0;
};

/// One file of a folder.
struct DiskEntry {
  std::string name;
  std::uint64_t bytes = 0;
  Instant changed;
};

/// Errors of all: `full` where there is no space; `unavailable`. Threads: any.
class Disk {
 public:
  virtual ~Disk() = default;
  /// Makes a folder of mode 0700; succeeds where it is there already.
  virtual Result<> make_folder(const std::string& path) = 0;
  /// Makes a file of mode 0600, for writing. Errors: also `conflict` where the name is taken.
  virtual Result<std::unique_ptr<DiskFile>> create(const std::string& path) = 0;
  /// Opens a file for reading. Errors: also `damaged` where there is none.
  virtual Result<std::unique_ptr<DiskFile>> open(const std::string& path) = 0;
  /// Gives a file another name within the file system. Errors: also `conflict` where that name is
  /// taken.
  virtual Result<> rename(const std::string& from, const std::string& to) = 0;
  /// The names in a folder are durable on return.
  virtual Result<> sync_folder(const std::string& path) = 0;
  /// Takes a file's name away; succeeds where there is none.
  virtual Result<> remove(const std::string& path) = 0;
  /// Calls `visit` for every file of a folder, in no order; stops where it fails.
  virtual Result<> list(const std::string& path,
                        const std::function<Result<>(const DiskEntry&)>& visit) = 0;
  /// Bytes that can still be written below a folder.
  virtual Result<std::uint64_t> free_bytes(const std::string& folder) = 0;
};

/// The machine's own.
class PosixDisk final : public Disk {
 public:
  Result<> make_folder(const std::string& path) override;
  Result<std::unique_ptr<DiskFile>> create(const std::string& path) override;
  Result<std::unique_ptr<DiskFile>> open(const std::string& path) override;
  Result<> rename(const std::string& from, const std::string& to) override;
  Result<> sync_folder(const std::string& path) override;
  Result<> remove(const std::string& path) override;
  Result<> list(const std::string& path,
                const std::function<Result<>(const DiskEntry&)>& visit) override;
  Result<std::uint64_t> free_bytes(const std::string& folder) override;
};

}  // namespace couvert
