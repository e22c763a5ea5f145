// Downloads one file or ZIP, goes on after a broken line, and knows when it is whole.
#pragma once

#include <functional>
#include <string>

#include "client/client.h"
#include "client/patience.h"

namespace couvert {

/// Where a download is written. Threads: one.
class FileTarget {
 public:
  virtual ~FileTarget() = default;
  /// Errors: reasons::target, `full` where there is no space.
  virtual Answer<> append(Bytes bytes) = 0;
  /// Forgets everything so far: the download begins anew.
  virtual Answer<> restart() = 0;
};

/// One try at the bytes from `range` on.
using Fetch = std::function<Answer<>(const Range& range, BodySink& sink)>;

/// What the transfer says of the file; a ZIP's size is known from its headers only.
struct Expected {
  std::optional<std::uint64_t> size;
  std::optional<std::uint32_t> crc32;
  std::string sha256;  // 64 hexadecimal digits, or empty
};

/// Returns the size. After an error `target` holds a part of the file that must not be used.
///
/// Errors: those of the client and of `target`; the last one of a line that stayed broken;
/// `damaged` for another length, range or checksum than was announced.
Answer<std::uint64_t> download(const Fetch& fetch, const Expected& expected, FileTarget& target,
                               Patience& patience);

}  // namespace couvert
