#include "service/stored_file.h"

namespace couvert {
namespace {

// Where the file's parts lie: what the manifest says of them, and the rows that name the objects.
class StoredParts final : public PartSource {
 public:
  StoredParts(const Parts& parts, ManifestReader& manifest, std::size_t index)
      : parts_(parts), manifest_(manifest), index_(index) {}

  Result<> load(const SealId& seal_id) {
    const std::uint32_t no = manifest_.manifest().files[index_].no;
    return parts_.database.read([&](Transaction& tx) -> Result<> {
      Result<std::vector<PartRow>> rows = parts_of_file(tx, seal_id, no);
      if (!rows) return pass(rows);
      for (const PartRow& row : *rows) objects_.push_back(row.object);
      return Result<>();
    });
  }

  Result<PartEntry> entry(std::uint32_t part) override { return manifest_.part(index_, part); }

  Result<std::unique_ptr<MessageSource>> open(std::uint32_t part) override {
    if (part >= objects_.size()) return fail(ErrorCode::damaged, "a part's row is gone");
    return open_object(parts_.objects, objects_[part]);
  }

 private:
  const Parts& parts_;
  ManifestReader& manifest_;
  std::size_t index_;
  std::vector<ObjectId> objects_;
};

// The reader refers to the parts, so both live in one place that never moves.
class StoredFile final : public PlainSource {
 public:
  StoredFile(const Parts& parts, const OpenedTransfer& opened, OpenedManifest& manifest,
             std::size_t index)
      : stored_(parts, manifest.reader(), index),
        reader_(stored_, opened.keys.transfer_key, place_of(opened, manifest, index)) {}

  Result<> load(const SealId& seal_id) { return stored_.load(seal_id); }

  std::uint64_t size() const override { return reader_.size(); }
  Result<Bytes> read(std::uint64_t offset, std::size_t bytes_max) override {
    return reader_.read(offset, bytes_max);
  }

 private:
  static FilePlace place_of(const OpenedTransfer& opened, const OpenedManifest& manifest,
                            std::size_t index) {
    const ManifestFile& file = manifest.manifest().files[index];
    return {scope_of(opened.transfer), file.no, file.size, file.parts};
  }

  StoredParts stored_;
  FileReader reader_;
};

}  // namespace

Result<std::unique_ptr<PlainSource>> open_stored_file(const Parts& parts,
                                                      const OpenedTransfer& opened,
                                                      OpenedManifest& manifest, std::size_t index) {
  auto file = std::make_unique<StoredFile>(parts, opened, manifest, index);
  const Result<> loaded = file->load(opened.transfer.seal_id);
  if (!loaded) return pass(loaded);
  return Result<std::unique_ptr<PlainSource>>(std::move(file));
}

}  // namespace couvert
