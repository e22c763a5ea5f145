#include "service/stored_file.h"

namespace couvert {
namespace {

// Where the file's parts lie: what the manifest says of them, and the rows that name the objects.
class StoredParts final : public PartSource {
 public:
  StoredParts(const Parts& parts, TransferWatch& watch, ManifestReader& manifest, std::size_t index)
      : parts_(parts), watch_(watch), manifest_(manifest), index_(index) {}

  Result<PartEntry> entry(std::uint32_t part) override { return manifest_.part(index_, part); }

  Result<std::unique_ptr<MessageSource>> open(std::uint32_t part) override {
    const std::uint32_t file_no = manifest_.manifest().files[index_].no;
    const PartKey key{watch_.opened().transfer.seal_id, file_no, part};
    std::optional<PartRow> row;
    const Result<> read = parts_.database.read([&](Transaction& tx) -> Result<> {
      const Result<> live = watch_.look(tx);
      if (!live) return live;
      Result<std::optional<PartRow>> found = find_part(tx, key);
      if (!found) return pass(found);
      row = *found;
      return Result<>();
    });
    if (!read) return pass(read);
    if (!row) return fail(ErrorCode::damaged, "a part's row is gone");
    return open_object(parts_.objects, row->object);
  }

 private:
  const Parts& parts_;
  TransferWatch& watch_;
  ManifestReader& manifest_;
  std::size_t index_;
};

// The reader refers to the parts, so both live in one place that never moves.
class StoredFile final : public PlainSource {
 public:
  StoredFile(const Parts& parts, TransferWatch& watch, OpenedManifest& manifest, std::size_t index)
      : stored_(parts, watch, manifest.reader(), index),
        reader_(stored_, watch.opened().keys.transfer_key,
                place_of(watch.opened(), manifest.manifest().files[index])) {}

  std::uint64_t size() const override { return reader_.size(); }
  Result<Bytes> read(std::uint64_t offset, std::size_t bytes_max) override {
    return reader_.read(offset, bytes_max);
  }

 private:
  static FilePlace place_of(const OpenedTransfer& opened, const ManifestFile& file) {
    return {scope_of(opened.transfer), file.no, file.size, file.parts};
  }

  StoredParts stored_;
  FileReader reader_;
};

}  // namespace

std::unique_ptr<PlainSource> open_stored_file(const Parts& parts, TransferWatch& watch,
                                              OpenedManifest& manifest, std::size_t index) {
  return std::make_unique<StoredFile>(parts, watch, manifest, index);
}

}  // namespace couvert
