#include "sealing/manifest_file.h"

#include <algorithm>

#include "base/limits.h"
#include "crypto/compare.h"

namespace couvert {
namespace {

constexpr std::size_t length_bytes = 4;
constexpr std::size_t entry_bytes = 40;
constexpr std::size_t block_bytes = 1024;
// Manifests are read at several places in turn; small pieces keep that cheap.
constexpr std::size_t manifest_chunks = 4;

tl::unexpected<Error> damaged(std::string why) {
  return fail(ErrorCode::damaged, std::move(why));
}

std::uint64_t rounded_up(std::uint64_t bytes) {
  return (bytes + block_bytes - 1) / block_bytes * block_bytes;
}

// The ends of one file's parts must grow by 1 byte to 8 MiB and reach the file's size.
class EndsCheck {
 public:
  explicit EndsCheck(const ManifestFile& file) : file_(file) {}

  Result<> add(std::uint64_t end) {
    ++parts_;
    if (end <= end_ || end - end_ > limits::part_bytes_max) {
      return fail(ErrorCode::invalid, "a part of an impossible length");
    }
    end_ = end;
    if (parts_ == file_.parts && end_ != file_.size) {
      return fail(ErrorCode::invalid, "the parts are not as long as the file");
    }
    return {};
  }

 private:
  const ManifestFile& file_;
  std::uint32_t parts_ = 0;
  std::uint64_t end_ = 0;
};

// Lets write_manifest() write into a message.
class MessageSink final : public ByteSink {
 public:
  explicit MessageSink(MessageWriter& message) : message_(message) {}
  Result<> write(Bytes bytes) override { return message_.write(bytes); }

 private:
  MessageWriter& message_;
};

// Fills `out` from `offset` on; the bytes must be there.
Result<> read_exactly(PlainSource& plain, std::uint64_t offset, MutableBytes out) {
  while (!out.empty()) {
    const Result<Bytes> piece = plain.read(offset, out.size());
    if (!piece) return pass(piece);
    std::copy(piece->begin(), piece->end(), out.begin());
    out = out.subspan(piece->size());
    offset += piece->size();
  }
  return {};
}

Result<> write_entry(ByteSink& plain, const PartEntry& entry) {
  Buffer line;
  append_integer(line, entry.end, 8);
  append(line, entry.commitment);
  return plain.write(line);
}

Result<PartEntry> read_entry(PlainSource& plain, std::uint64_t offset) {
  std::array<std::byte, entry_bytes> line;
  const Result<> read = read_exactly(plain, offset, line);
  if (!read) return pass(read);
  PartEntry entry;
  entry.end = read_integer(Bytes(line).first(8));
  std::copy(line.begin() + 8, line.end(), entry.commitment.begin());
  return entry;
}

Result<> write_table(ByteSink& plain, const Manifest& manifest, PartEntries& parts) {
  for (const ManifestFile& file : manifest.files) {
    EndsCheck ends(file);
    for (std::uint32_t part = 0; part < file.parts; ++part) {
      const Result<PartEntry> entry = parts.next();
      if (!entry) return pass(entry);
      const Result<> fits = ends.add(entry->end);
      if (!fits) return fits;
      const Result<> written = write_entry(plain, *entry);
      if (!written) return written;
    }
  }
  return {};
}

Result<Manifest> read_manifest_json(PlainSource& plain) {
  if (plain.size() == 0 || plain.size() % block_bytes != 0) return damaged("a manifest's length");
  std::array<std::byte, length_bytes> length;
  const Result<> head = read_exactly(plain, 0, length);
  if (!head) return pass(head);
  const std::uint64_t json_bytes = read_integer(length);
  if (json_bytes > limits::manifest_json_bytes_max || json_bytes > plain.size() - length_bytes) {
    return damaged("a manifest's JSON is too long");
  }
  Buffer json(static_cast<std::size_t>(json_bytes));
  const Result<> body = read_exactly(plain, length_bytes, json);
  if (!body) return pass(body);
  Result<Manifest> manifest = decode_manifest_json(as_text(json));
  wipe(json);
  return manifest;
}

}  // namespace

Result<PartEntry> ListedParts::next() {
  if (entries_.empty()) return fail(ErrorCode::invalid, "a part table is too short");
  const PartEntry entry = entries_.front();
  entries_ = entries_.subspan(1);
  return entry;
}

Result<> write_manifest(ByteSink& plain, const Manifest& manifest, PartEntries& parts) {
  Result<std::string> json = encode_manifest_json(manifest);
  if (!json) return pass(json);
  Buffer length;
  append_integer(length, json->size(), length_bytes);
  Result<> written = plain.write(length);
  if (written) written = plain.write(as_bytes(*json));
  std::uint64_t bytes = length_bytes + json->size();
  wipe(*json);
  if (!written) return written;

  written = write_table(plain, manifest, parts);
  if (!written) return written;
  for (const ManifestFile& file : manifest.files) bytes += std::uint64_t{file.parts} * entry_bytes;
  return plain.write(Buffer(static_cast<std::size_t>(rounded_up(bytes) - bytes)));
}

Result<Commitment> seal_manifest(const ManifestTarget& target, const Manifest& manifest,
                                 PartEntries& parts, Random& random) {
  const Buffer context = manifest_context(target.scope);
  MessageWriter message(target.sink, MessageContext{target.transfer_key, context}, random);
  MessageSink plain(message);
  const Result<> written = write_manifest(plain, manifest, parts);
  if (!written) return pass(written);
  const Result<> finished = message.finish();
  if (!finished) return pass(finished);
  return message.commitment();
}

ManifestReader::ManifestReader(std::unique_ptr<PlainSource> plain, Manifest manifest,
                               std::uint64_t table)
    : plain_(std::move(plain)), manifest_(std::move(manifest)) {
  tables_.push_back(table);
  for (const ManifestFile& file : manifest_.files) {
    tables_.push_back(tables_.back() + std::uint64_t{file.parts} * entry_bytes);
  }
}

Result<ManifestReader> ManifestReader::open(MessageSource& object, const Secret<32>& transfer_key,
                                            const SealScope& scope, const Commitment& expected) {
  const Buffer context = manifest_context(scope);
  Result<MessageReader> message =
      MessageReader::open(object, MessageContext{transfer_key, context}, manifest_chunks);
  if (!message && message.error().code == ErrorCode::refused) {
    return damaged("a manifest of another key or transfer");
  }
  if (!message) return pass(message);
  if (!same_bytes(message->commitment(), expected)) {
    return damaged("a manifest is not the one of its keyslot");
  }
  const Result<> end = message->verify_end();
  if (!end) return pass(end);
  return read(std::make_unique<MessageReader>(std::move(*message)));
}

Result<ManifestReader> ManifestReader::read(std::unique_ptr<PlainSource> plain) {
  Result<Manifest> manifest = read_manifest_json(*plain);
  if (!manifest) return pass(manifest);
  std::array<std::byte, length_bytes> length;
  const Result<> head = read_exactly(*plain, 0, length);
  if (!head) return pass(head);
  ManifestReader reader(std::move(plain), std::move(*manifest),
                        length_bytes + read_integer(length));
  const Result<> table = reader.check_table();
  if (!table) return pass(table);
  return reader;
}

Result<> ManifestReader::check_table() {
  if (plain_->size() != rounded_up(tables_.back())) return damaged("a part table's length");
  for (std::size_t i = 0; i < manifest_.files.size(); ++i) {
    EndsCheck ends(manifest_.files[i]);
    for (std::uint32_t number = 0; number < manifest_.files[i].parts; ++number) {
      const Result<PartEntry> entry = part(i, number);
      if (!entry) return pass(entry);
      const Result<> fits = ends.add(entry->end);
      if (!fits) return damaged(fits.error().detail);
    }
  }
  return check_padding(tables_.back());
}

Result<> ManifestReader::check_padding(std::uint64_t from) {
  Buffer padding(static_cast<std::size_t>(plain_->size() - from));
  const Result<> read = read_exactly(*plain_, from, padding);
  if (!read) return read;
  const auto is_zero = [](std::byte byte) { return byte == std::byte{0}; };
  if (!std::all_of(padding.begin(), padding.end(), is_zero)) return damaged("a manifest's padding");
  return {};
}

Result<PartEntry> ManifestReader::part(std::size_t file, std::uint32_t part) {
  INVARIANT(file < manifest_.files.size() && part < manifest_.files[file].parts);
  return read_entry(*plain_, tables_[file] + std::uint64_t{part} * entry_bytes);
}

}  // namespace couvert
