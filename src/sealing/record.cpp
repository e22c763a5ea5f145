#include "sealing/record.h"

#include "base/limits.h"
#include "crypto/crc32.h"

namespace couvert {
namespace {

constexpr std::uint8_t version_plain = 1;
constexpr std::uint8_t version_with_metadata = 2;
// Version, three texts, the numbers, the longest SHA-256 state.
constexpr std::size_t record_bytes_max = 1 + 2 + limits::file_name_bytes_max + 2 +
                                         limits::media_type_bytes_max + 2 +
                                         limits::upload_metadata_bytes_max + 21 + 103;

void append_text(Buffer& out, std::string_view text) {
  append_integer(out, text.size(), 2);
  append(out, as_bytes(text));
}

// Takes a record apart from its front. After something missing every answer is empty and failed()
// is true.
class Cursor {
 public:
  explicit Cursor(Bytes rest) : rest_(rest) {}

  Bytes take(std::size_t count) {
    if (count > rest_.size()) {
      failed_ = true;
      rest_ = {};
      return {};
    }
    const Bytes taken = rest_.first(count);
    rest_ = rest_.subspan(count);
    return taken;
  }
  std::uint64_t integer(std::size_t width) {
    const Bytes taken = take(width);
    return taken.empty() ? 0 : read_integer(taken);
  }
  std::string text(std::size_t bytes_max) {
    const std::size_t size = integer(2);
    const std::string_view taken = as_text(take(size));
    if (size > bytes_max || !is_utf8(taken)) failed_ = true;
    return std::string(taken);
  }
  Bytes rest() const { return rest_; }
  bool failed() const { return failed_; }

 private:
  Bytes rest_;
  bool failed_ = false;
};

tl::unexpected<Error> damaged() {
  return fail(ErrorCode::damaged, "a file's record");
}

}  // namespace

void FileRecord::add(Bytes plain) {
  bytes += plain.size();
  crc32 = couvert::crc32(crc32, plain);
  if (sha256) sha256->update(plain);
}

Buffer encode_record(const FileRecord& record) {
  INVARIANT(record.name.size() <= limits::file_name_bytes_max);
  INVARIANT(record.type.size() <= limits::media_type_bytes_max);
  INVARIANT(record.metadata.size() <= limits::upload_metadata_bytes_max);
  const bool with_metadata = !record.metadata.empty();
  Buffer out;
  out.reserve(record_bytes_max);
  append_integer(out, with_metadata ? version_with_metadata : version_plain, 1);
  append_text(out, record.name);
  append_text(out, record.type);
  if (with_metadata) append_text(out, record.metadata);
  append_integer(out, record.announced_bytes, 8);
  append_integer(out, record.bytes, 8);
  append_integer(out, record.crc32, 4);
  append_integer(out, record.sha256 ? 1 : 0, 1);
  if (record.sha256) append(out, record.sha256->state());
  return out;
}

Result<FileRecord> decode_record(Bytes bytes) {
  Cursor cursor(bytes);
  FileRecord record;
  const std::uint64_t version = cursor.integer(1);
  if (version != version_plain && version != version_with_metadata) return damaged();
  record.name = cursor.text(limits::file_name_bytes_max);
  record.type = cursor.text(limits::media_type_bytes_max);
  if (version == version_with_metadata) {
    record.metadata = cursor.text(limits::upload_metadata_bytes_max);
    if (record.metadata.empty()) return damaged();
  }
  record.announced_bytes = cursor.integer(8);
  record.bytes = cursor.integer(8);
  record.crc32 = static_cast<std::uint32_t>(cursor.integer(4));
  const std::uint64_t with_sha256 = cursor.integer(1);
  if (cursor.failed() || with_sha256 > 1) return damaged();
  if (with_sha256 == 0) {
    if (!cursor.rest().empty()) return damaged();
    return record;
  }
  Result<Sha256> hash = Sha256::resume(cursor.rest());
  if (!hash) return pass(hash);
  // The state says how much it has taken: it must be what the record says.
  if (hash->size() != record.bytes) return damaged();
  record.sha256 = *hash;
  return record;
}

Buffer seal_record(const Secret<32>& transfer_key, const RecordPlace& place,
                   const FileRecord& record, Random& random) {
  const Buffer context = record_context(place.scope, place.file);
  Buffer plain = encode_record(record);
  Buffer sealed = seal_bytes(MessageContext{transfer_key, context}, plain, random);
  wipe(plain);
  return sealed;
}

Result<FileRecord> open_record(const Secret<32>& transfer_key, const RecordPlace& place,
                               Bytes sealed) {
  const Buffer context = record_context(place.scope, place.file);
  Result<Buffer> plain =
      open_bytes(MessageContext{transfer_key, context}, sealed, record_bytes_max);
  if (!plain) return fail(ErrorCode::damaged, plain.error().detail);
  Result<FileRecord> record = decode_record(*plain);
  wipe(*plain);
  return record;
}

}  // namespace couvert
