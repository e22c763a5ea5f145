// Reads a file of a transfer from any place in it, over the borders of its parts.
#pragma once

#include <memory>
#include <optional>

#include "sealing/manifest_file.h"
#include "sealing/part.h"

namespace couvert {

/// Where the parts of one file are. Threads: one at a time.
class PartSource {
 public:
  virtual ~PartSource() = default;
  /// What the manifest says of a part (ManifestReader::part).
  virtual Result<PartEntry> entry(std::uint32_t part) = 0;
  /// The part's object. Errors: `damaged` where it is gone; those of the store.
  virtual Result<std::unique_ptr<MessageSource>> open(std::uint32_t part) = 0;
};

/// Which file is read.
struct FilePlace {
  SealScope scope;
  std::uint32_t file = 0;   // its number
  std::uint64_t size = 0;   // as in the manifest
  std::uint32_t parts = 0;  // as in the manifest
};

/// Opens a file piece by piece. Length and commitment of each part are compared with the manifest
/// before its first byte is given out.
///
/// Memory:   272 KiB for the part that is open, whatever the file's size.
/// Lifetime: `parts` and `transfer_key` must outlive the reader. Threads: one at a time.
class FileReader final : public PlainSource {
 public:
  FileReader(PartSource& parts, const Secret<32>& transfer_key, const FilePlace& place);

  std::uint64_t size() const override { return place_.size; }
  /// See PlainSource. Errors: `damaged` for everything that is not what the manifest says.
  Result<Bytes> read(std::uint64_t offset, std::size_t bytes_max) override;

 private:
  Result<> open_part_at(std::uint64_t offset);
  Result<std::uint32_t> find_part(std::uint64_t offset);

  PartSource& parts_;
  const Secret<32>& transfer_key_;
  FilePlace place_;
  std::unique_ptr<MessageSource> object_;
  std::optional<MessageReader> reader_;
  std::uint32_t part_ = 0;   // the open one
  std::uint64_t start_ = 0;  // of the open part in the file
};

}  // namespace couvert
