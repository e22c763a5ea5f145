// The folder in which day keys lie, one small file each: the disk as day_keys.h needs it.
//
// An interface, so that a test can be a disk that breaks.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/bytes.h"

namespace couvert {

/// A small file by its name: letters, digits, '-' and '.', not beginning with a dot.
struct KeyFile {
  std::string name;
  Buffer bytes;
};

/// Errors of all: `full` without space, `unavailable` for everything else that a disk does.
/// Threads: one at a time.
class KeyFolder {
 public:
  virtual ~KeyFolder() = default;
  /// The names of all files, sorted.
  virtual Result<std::vector<std::string>> list() = 0;
  /// At most 4096 bytes. Errors: `damaged` for a longer file and one that is not there.
  virtual Result<Buffer> read(const std::string& name) = 0;
  /// Makes each file that is not there yet, and never touches one that is. Durable on return.
  virtual Result<> create(std::span<const KeyFile> files) = 0;
  /// Makes the file or puts another in its place, as a whole. Durable on return.
  virtual Result<> replace(const KeyFile& file) = 0;
  /// Erases the file where it is there. Durable on return.
  virtual Result<> remove(const std::string& name) = 0;
};

/// A folder of the file system, made where it is missing, mode 0700; its files have mode 0600. What
/// a crash left unfinished is thrown away.
Result<std::unique_ptr<KeyFolder>> open_key_folder(const std::string& path);

}  // namespace couvert
