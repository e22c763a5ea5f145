#include "sealing/file_reader.h"

#include <algorithm>

namespace couvert {

FileReader::FileReader(PartSource& parts, const Secret<32>& transfer_key, const FilePlace& place)
    : parts_(parts), transfer_key_(transfer_key), place_(place) {}

Result<Bytes> FileReader::read(std::uint64_t offset, std::size_t bytes_max) {
  INVARIANT(offset < place_.size && bytes_max > 0);
  const bool held = reader_ && offset >= start_ && offset - start_ < reader_->size();
  if (!held) {
    const Result<> opened = open_part_at(offset);
    if (!opened) return pass(opened);
  }
  return reader_->read(offset - start_, bytes_max);
}

// The first part that ends behind `offset`.
Result<std::uint32_t> FileReader::find_part(std::uint64_t offset) {
  // Reading on from one part into the next is the usual case.
  if (reader_ && offset == start_ + reader_->size()) return part_ + 1;
  std::uint32_t low = 0;
  std::uint32_t high = place_.parts;
  while (low < high) {
    const std::uint32_t middle = low + (high - low) / 2;
    const Result<PartEntry> entry = parts_.entry(middle);
    if (!entry) return pass(entry);
    if (entry->end <= offset) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}

Result<> FileReader::open_part_at(std::uint64_t offset) {
  const Result<std::uint32_t> part = find_part(offset);
  reader_.reset();
  object_.reset();
  if (!part) return pass(part);
  if (*part >= place_.parts) return fail(ErrorCode::damaged, "a file's parts end too early");
  std::uint64_t start = 0;
  if (*part > 0) {
    const Result<PartEntry> before = parts_.entry(*part - 1);
    if (!before) return pass(before);
    start = before->end;
  }
  const Result<PartEntry> entry = parts_.entry(*part);
  if (!entry) return pass(entry);
  if (start > offset || entry->end <= offset) {
    return fail(ErrorCode::damaged, "a part table is out of order");
  }

  Result<std::unique_ptr<MessageSource>> object = parts_.open(*part);
  if (!object) return pass(object);
  const PartPlace place{place_.scope, place_.file, *part};
  const SealedPart expected{entry->end - start, entry->commitment};
  Result<MessageReader> reader = open_part(**object, transfer_key_, place, expected);
  if (!reader) return pass(reader);
  object_ = std::move(*object);
  reader_.emplace(std::move(*reader));
  part_ = *part;
  start_ = start;
  return {};
}

}  // namespace couvert
