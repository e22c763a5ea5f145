#include "sealing/zip.h"

#include <algorithm>

namespace couvert {
namespace {

constexpr std::uint64_t limit_32 = 0xFFFF'FFFF;
constexpr std::uint64_t limit_16 = 0xFFFF;
constexpr std::uint16_t flag_utf8 = 1U << 11;
constexpr std::uint16_t zip_version = 20;
constexpr std::uint16_t zip64_version = 45;
constexpr std::uint16_t made_on_unix = 3U << 8;
constexpr std::uint32_t unix_file_0644 = 0100644U << 16;
constexpr std::size_t gathered_bytes = 64 * 1024;
constexpr std::size_t small_bytes = 16 * 1024;

// ZIP's integers are little-endian.
class Record {
 public:
  Record& u16(std::uint64_t value) { return put(value, 2); }
  Record& u32(std::uint64_t value) { return put(value, 4); }
  Record& u64(std::uint64_t value) { return put(value, 8); }
  Record& bytes(Bytes more) {
    append(out_, more);
    return *this;
  }
  std::size_t size() const { return out_.size(); }
  Buffer take() { return std::move(out_); }

 private:
  Record& put(std::uint64_t value, std::size_t width) {
    for (std::size_t i = 0; i < width; ++i)
      out_.push_back(static_cast<std::byte>(value >> (8 * i)));
    return *this;
  }
  Buffer out_;
};

// MS-DOS date and time of APPNOTE 4.4.6, in UTC: from 1980 on, in steps of two seconds.
std::uint32_t dos_time(Instant instant) {
  const auto day = std::chrono::floor<std::chrono::days>(instant);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss time(std::chrono::floor<std::chrono::seconds>(instant - day));
  const int year = static_cast<int>(date.year());
  if (year < 1980 || year > 2107) return (1U << 21) | (1U << 16);
  return static_cast<std::uint32_t>(year - 1980) << 25 |
         static_cast<std::uint32_t>(static_cast<unsigned>(date.month())) << 21 |
         static_cast<std::uint32_t>(static_cast<unsigned>(date.day())) << 16 |
         static_cast<std::uint32_t>(time.hours().count()) << 11 |
         static_cast<std::uint32_t>(time.minutes().count()) << 5 |
         static_cast<std::uint32_t>(time.seconds().count() / 2);
}

// Info-ZIP's extended timestamp: the time of change in Unix seconds.
void append_time(Record& extra, std::uint32_t unix_time) {
  extra.u16(0x5455).u16(5);
  const std::byte only_changed{1};
  extra.bytes(Bytes(&only_changed, 1)).u32(unix_time);
}

std::uint64_t capped(std::uint64_t value) {
  return std::min(value, limit_32);
}

}  // namespace

ZipLayout::ZipLayout(std::vector<ZipEntry> entries, Instant modified)
    : entries_(std::move(entries)), dos_time_(dos_time(modified)) {
  const std::int64_t seconds = to_unix(modified);
  unix_time_ = static_cast<std::uint32_t>(std::clamp<std::int64_t>(seconds, 0, INT32_MAX));
  std::uint64_t offset = 0;
  for (std::size_t i = 0; i < entries_.size(); ++i) {
    INVARIANT(!entries_[i].name.empty() && entries_[i].name.size() < limit_16);
    locals_.push_back(offset);
    offset += local_header(i).size() + entries_[i].size;
  }
  locals_.push_back(offset);
  for (std::size_t i = 0; i < entries_.size(); ++i) {
    centrals_.push_back(offset);
    offset += central_header(i).size();
  }
  centrals_.push_back(offset);
  size_ = offset + end_of_directory().size();
}

// APPNOTE 4.3.7.
Buffer ZipLayout::local_header(std::size_t entry) const {
  const ZipEntry& file = entries_[entry];
  const bool zip64 = file.size >= limit_32;
  Record extra;
  if (zip64) extra.u16(1).u16(16).u64(file.size).u64(file.size);
  append_time(extra, unix_time_);

  Record header;
  header.u32(0x04034b50).u16(zip64 ? zip64_version : zip_version).u16(flag_utf8).u16(0);
  header.u32(dos_time_).u32(file.crc32).u32(capped(file.size)).u32(capped(file.size));
  header.u16(file.name.size()).u16(extra.size()).bytes(as_bytes(file.name)).bytes(extra.take());
  return header.take();
}

// APPNOTE 4.3.12.
Buffer ZipLayout::central_header(std::size_t entry) const {
  const ZipEntry& file = entries_[entry];
  const bool large = file.size >= limit_32;
  const bool far = locals_[entry] >= limit_32;
  const std::uint16_t version = large || far ? zip64_version : zip_version;
  Record extra;
  if (large || far) {
    extra.u16(1).u16((large ? 16U : 0U) + (far ? 8U : 0U));
    if (large) extra.u64(file.size).u64(file.size);
    if (far) extra.u64(locals_[entry]);
  }
  append_time(extra, unix_time_);

  Record header;
  header.u32(0x02014b50).u16(made_on_unix | version).u16(version).u16(flag_utf8).u16(0);
  header.u32(dos_time_).u32(file.crc32).u32(capped(file.size)).u32(capped(file.size));
  header.u16(file.name.size()).u16(extra.size()).u16(0).u16(0).u16(0).u32(unix_file_0644);
  header.u32(capped(locals_[entry])).bytes(as_bytes(file.name)).bytes(extra.take());
  return header.take();
}

// APPNOTE 4.3.14 to 4.3.16.
Buffer ZipLayout::end_of_directory() const {
  const std::uint64_t count = entries_.size();
  const std::uint64_t start = locals_.back();
  const std::uint64_t bytes = centrals_.back() - start;
  Record end;
  if (count >= limit_16 || start >= limit_32 || bytes >= limit_32) {
    end.u32(0x06064b50).u64(44).u16(made_on_unix | zip64_version).u16(zip64_version).u32(0).u32(0);
    end.u64(count).u64(count).u64(bytes).u64(start);
    end.u32(0x07064b50).u32(0).u64(centrals_.back()).u32(1);
  }
  end.u32(0x06054b50).u16(0).u16(0);
  end.u16(std::min(count, limit_16)).u16(std::min(count, limit_16));
  end.u32(capped(bytes)).u32(capped(start)).u16(0);
  return end.take();
}

ZipLayout::Piece ZipLayout::at(std::uint64_t offset) const {
  INVARIANT(offset < size_);
  const auto own = [offset](Buffer bytes, std::uint64_t start) {
    bytes.erase(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(offset - start));
    const std::uint64_t left = bytes.size();
    return Piece{std::move(bytes), 0, 0, left};
  };
  const auto index_in = [offset](const std::vector<std::uint64_t>& starts) {
    return static_cast<std::size_t>(std::upper_bound(starts.begin(), starts.end(), offset) -
                                    starts.begin()) -
           1;
  };
  if (offset >= centrals_.back()) return own(end_of_directory(), centrals_.back());
  if (offset >= locals_.back()) {
    const std::size_t entry = index_in(centrals_);
    return own(central_header(entry), centrals_[entry]);
  }
  const std::size_t entry = index_in(locals_);
  Buffer header = local_header(entry);
  const std::uint64_t content = locals_[entry] + header.size();
  if (offset < content) return own(std::move(header), locals_[entry]);
  return Piece{{}, entry, offset - content, entries_[entry].size - (offset - content)};
}

ZipReader::ZipReader(const ZipLayout& layout, ZipOpener open)
    : layout_(layout), open_(std::move(open)) {}

Result<Bytes> ZipReader::read(std::uint64_t offset, std::size_t bytes_max) {
  INVARIANT(offset < layout_.size() && bytes_max > 0);
  gathered_.clear();
  const std::size_t most = std::min(bytes_max, gathered_bytes);
  while (gathered_.size() < most && offset + gathered_.size() < layout_.size()) {
    const ZipLayout::Piece piece = layout_.at(offset + gathered_.size());
    if (!piece.own.empty()) {
      const std::size_t taken = std::min(piece.own.size(), most - gathered_.size());
      append(gathered_, Bytes(piece.own).first(taken));
      continue;
    }
    // A long stretch of a file goes out as its reader gives it, without a copy.
    const bool is_long = piece.bytes >= small_bytes;
    if (is_long && !gathered_.empty()) break;
    const std::size_t wanted = is_long ? bytes_max : most - gathered_.size();
    const Result<Bytes> content = read_file(piece, wanted);
    if (!content || is_long) return content;
    append(gathered_, *content);
  }
  return Bytes(gathered_);
}

Result<Bytes> ZipReader::read_file(const ZipLayout::Piece& piece, std::size_t bytes_max) {
  if (file_ == nullptr || file_entry_ != piece.entry) {
    file_.reset();
    Result<std::unique_ptr<PlainSource>> opened = open_(piece.entry);
    if (!opened) return pass(opened);
    file_ = std::move(*opened);
    file_entry_ = piece.entry;
  }
  if (file_->size() != layout_.entries()[piece.entry].size) {
    return fail(ErrorCode::damaged, "a file is not as long as its ZIP entry");
  }
  return file_->read(piece.offset, bytes_max);
}

}  // namespace couvert
