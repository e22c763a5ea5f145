#include "service/content.h"

#include "crypto/hash.h"
#include "service/delivery.h"

namespace couvert {
namespace {

constexpr std::size_t etag_bytes = 16;

// Where one file's parts lie: what the manifest says of them, and the rows that name the objects.
class StoredFile final : public PartSource {
 public:
  StoredFile(const Parts& parts, ManifestReader& manifest, std::size_t index)
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

class FileDownload final : public Download {
 public:
  FileDownload(const Parts& parts, OpenedTransfer opened, std::unique_ptr<OpenedManifest> manifest,
               std::size_t index)
      : parts_(parts),
        opened_(std::move(opened)),
        manifest_(std::move(manifest)),
        file_(manifest_->manifest().files[index]),
        stored_(parts, manifest_->reader(), index),
        reader_(stored_, opened_.keys.transfer_key,
                {scope_of(opened_.transfer), file_.no, file_.size, file_.parts}) {
    const std::size_t slash = file_.name.rfind('/');
    name_ = slash == std::string::npos ? file_.name : file_.name.substr(slash + 1);
    etag_ = content_etag(opened_, {file_.no});
  }

  Result<> load() { return stored_.load(opened_.transfer.seal_id); }

  std::uint64_t size() const override { return file_.size; }
  const std::string& name() const override { return name_; }
  const std::string& etag() const override { return etag_; }
  Result<Bytes> read(std::uint64_t offset, std::size_t bytes_max) override {
    return reader_.read(offset, bytes_max);
  }
  Result<> delivered() override {
    return note_delivery(parts_, opened_, manifest_->manifest(), {file_.no});
  }

 private:
  const Parts& parts_;
  OpenedTransfer opened_;
  std::unique_ptr<OpenedManifest> manifest_;
  const ManifestFile& file_;
  StoredFile stored_;
  FileReader reader_;
  std::string name_;
  std::string etag_;
};

}  // namespace

std::string content_etag(const OpenedTransfer& opened, const std::vector<std::uint32_t>& numbers) {
  Buffer about(opened.keys.manifest.begin(), opened.keys.manifest.end());
  for (const std::uint32_t no : numbers) append_integer(about, no, 4);
  const Sha256Digest digest = sha256(about);
  return encode_base64url(Bytes(digest).first(etag_bytes));
}

std::vector<TransferFile> files_of_manifest(const Manifest& manifest) {
  std::vector<TransferFile> files;
  files.reserve(manifest.files.size());
  for (const ManifestFile& file : manifest.files) {
    files.push_back({file.no, file.name, file.type, file.size, file.crc32,
                     file.sha256 ? encode_hex(*file.sha256) : std::string()});
  }
  return files;
}

Result<std::unique_ptr<OpenedManifest>> OpenedManifest::open(const Parts& parts,
                                                             const OpenedTransfer& opened) {
  if (!opened.transfer.manifest_object) {
    return fail(ErrorCode::damaged, "a sealed transfer without a manifest");
  }
  auto made = std::make_unique<OpenedManifest>();
  Result<std::unique_ptr<MessageSource>> object =
      open_object(parts.objects, *opened.transfer.manifest_object);
  if (!object) return pass(object);
  made->object_ = std::move(*object);
  Result<ManifestReader> reader = ManifestReader::open(
      *made->object_, opened.keys.transfer_key, scope_of(opened.transfer), opened.keys.manifest);
  if (!reader) return pass(reader);
  made->reader_.emplace(std::move(*reader));
  return made;
}

Result<std::unique_ptr<Download>> download_file(const Parts& parts, OpenedTransfer opened,
                                                std::unique_ptr<OpenedManifest> manifest,
                                                std::size_t index) {
  auto download =
      std::make_unique<FileDownload>(parts, std::move(opened), std::move(manifest), index);
  const Result<> loaded = download->load();
  if (!loaded) return pass(loaded);
  return Result<std::unique_ptr<Download>>(std::move(download));
}

}  // namespace couvert
