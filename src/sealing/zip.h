// A ZIP of files whose lengths and CRC-32 are known beforehand: stored, not compressed, without
// data descriptors, so that its length is known and any range of it can be made by itself.
//
// APPNOTE 6.3.10: local headers, the files' bytes, the central directory; ZIP64 only where a number
// does not fit; names in UTF-8 (flag 11).
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "sealing/stream.h"

namespace couvert {

/// Names the way in which the same files become the same bytes, names included. Must change with
/// any change of these bytes: else a download that goes on after an update is glued from two kinds.
inline constexpr std::string_view zip_layout_version = "zip2";

/// A file in a ZIP. The name must come from safe_zip_names().
struct ZipEntry {
  std::string name;
  std::uint64_t size = 0;
  std::uint32_t crc32 = 0;
};

/// Where everything lies in a ZIP.
/// Memory: what the entries hold, 16 bytes more for each. Threads: any, as it never changes.
class ZipLayout {
 public:
  /// `modified` is what all entries carry. At most 2^32 - 2 entries.
  ZipLayout(std::vector<ZipEntry> entries, Instant modified);

  /// The length of the whole ZIP.
  std::uint64_t size() const { return size_; }
  const std::vector<ZipEntry>& entries() const { return entries_; }

  /// What lies at an offset, up to where something else begins: bytes of the ZIP's own, or bytes of
  /// a file.
  struct Piece {
    Buffer own;             // empty where it is a file's
    std::size_t entry = 0;  // the file
    std::uint64_t offset = 0;
    std::uint64_t bytes = 0;
  };
  /// `offset` is less than size().
  Piece at(std::uint64_t offset) const;

 private:
  Buffer local_header(std::size_t entry) const;
  Buffer central_header(std::size_t entry) const;
  Buffer end_of_directory() const;

  std::vector<ZipEntry> entries_;
  std::uint32_t unix_time_ = 0;
  std::uint32_t dos_time_ = 0;
  std::vector<std::uint64_t> locals_;    // where each local header begins; last: the directory
  std::vector<std::uint64_t> centrals_;  // where each central header begins; last: the end records
  std::uint64_t size_ = 0;
};

/// Opens the plaintext of an entry.
using ZipOpener = std::function<Result<std::unique_ptr<PlainSource>>(std::size_t entry)>;

/// Reads a ZIP from any place in it.
///
/// Memory:   64 KiB and the one file that is open.
/// Lifetime: `layout` must outlive the reader. Threads: one at a time.
class ZipReader final : public PlainSource {
 public:
  ZipReader(const ZipLayout& layout, ZipOpener open);

  std::uint64_t size() const override { return layout_.size(); }
  /// See PlainSource. Small files come several at once.
  /// Errors: `damaged` also where a file's length is not that of its entry; those of the opener.
  Result<Bytes> read(std::uint64_t offset, std::size_t bytes_max) override;

 private:
  Result<Bytes> read_file(const ZipLayout::Piece& piece, std::size_t bytes_max);

  const ZipLayout& layout_;
  ZipOpener open_;
  std::unique_ptr<PlainSource> file_;
  std::size_t file_entry_ = 0;
  Buffer gathered_;
};

}  // namespace couvert
