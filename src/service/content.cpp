#include "service/content.h"

#include "crypto/hash.h"
#include "sealing/zip.h"
#include "sealing/zip_names.h"
#include "service/delivery.h"
#include "service/stored_file.h"
#include "service/transfer_watch.h"

namespace couvert {
namespace {

constexpr std::size_t etag_bytes = 16;

// Names these files' bytes: another transfer, seal or selection has another one.
std::string content_etag(const OpenedTransfer& opened, const std::vector<std::uint32_t>& numbers) {
  Buffer about(opened.keys.manifest.begin(), opened.keys.manifest.end());
  for (const std::uint32_t no : numbers) append_integer(about, no, 4);
  const Sha256Digest digest = sha256(about);
  return encode_base64url(Bytes(digest).first(etag_bytes));
}

// What both kinds of download have: the transfer, its manifest, which files, name and ETag.
class ContentDownload : public Download {
 public:
  ContentDownload(const Parts& parts, OpenedTransfer opened,
                  std::unique_ptr<OpenedManifest> manifest, std::vector<std::size_t> indexes)
      : parts_(parts),
        opened_(std::move(opened)),
        watch_(parts_, opened_),
        manifest_(std::move(manifest)),
        indexes_(std::move(indexes)) {
    for (const std::size_t index : indexes_) {
      numbers_.push_back(manifest_->manifest().files[index].no);
    }
  }

  const std::string& name() const override { return name_; }
  const std::string& etag() const override { return etag_; }
  void delivered() override {
    const Result<> noted = note_delivery(parts_, opened_, manifest_->manifest(), numbers_);
    if (!noted) parts_.log.failure("download not noted", noted.error());
  }
  Result<Bytes> read(std::uint64_t offset, std::size_t bytes_max) final {
    const Result<> live = watch_.look();
    if (!live) return pass(live);
    return read_piece(offset, bytes_max);
  }

 protected:
  virtual Result<Bytes> read_piece(std::uint64_t offset, std::size_t bytes_max) = 0;

  std::unique_ptr<PlainSource> open(std::size_t nth) {
    return open_stored_file(parts_, watch_, *manifest_, indexes_[nth]);
  }
  const ManifestFile& file(std::size_t nth) const {
    return manifest_->manifest().files[indexes_[nth]];
  }

  const Parts& parts_;
  OpenedTransfer opened_;
  TransferWatch watch_;
  std::unique_ptr<OpenedManifest> manifest_;
  std::vector<std::size_t> indexes_;  // of the manifest's files
  std::vector<std::uint32_t> numbers_;
  std::string name_;
  std::string etag_;
};

class FileDownload final : public ContentDownload {
 public:
  FileDownload(const Parts& parts, OpenedTransfer opened, std::unique_ptr<OpenedManifest> manifest,
               std::size_t index)
      : ContentDownload(parts, std::move(opened), std::move(manifest), {index}) {
    name_ = safe_file_name(file(0).name);
    etag_ = content_etag(opened_, numbers_);
  }

  std::uint64_t size() const override { return file(0).size; }

 private:
  Result<Bytes> read_piece(std::uint64_t offset, std::size_t bytes_max) override {
    if (!source_) source_ = open(0);
    return source_->read(offset, bytes_max);
  }

  std::unique_ptr<PlainSource> source_;
};

class ZipDownload final : public ContentDownload {
 public:
  ZipDownload(const Parts& parts, OpenedTransfer opened, std::unique_ptr<OpenedManifest> manifest,
              std::vector<std::size_t> indexes)
      : ContentDownload(parts, std::move(opened), std::move(manifest), std::move(indexes)),
        layout_(entries(), from_unix(manifest_->manifest().created)),
        reader_(layout_, [this](std::size_t entry) { return open(entry); }) {
    // A day tells a recipient more than an ID does.
    name_ =
        "couvert-" + to_rfc3339(from_unix(manifest_->manifest().created)).substr(0, 10) + ".zip";
    etag_ = std::string(zip_layout_version) + "-" + content_etag(opened_, numbers_);
  }

  std::uint64_t size() const override { return layout_.size(); }

 private:
  Result<Bytes> read_piece(std::uint64_t offset, std::size_t bytes_max) override {
    return reader_.read(offset, bytes_max);
  }

  // Named within the whole transfer, so that a file has the same name in every selection.
  std::vector<ZipEntry> entries() const {
    std::vector<std::string> names;
    for (const ManifestFile& one : manifest_->manifest().files) names.push_back(one.name);
    const std::vector<std::string> safe = safe_zip_names(names);
    std::vector<ZipEntry> all;
    for (std::size_t nth = 0; nth < indexes_.size(); ++nth) {
      all.push_back({safe[indexes_[nth]], file(nth).size, file(nth).crc32});
    }
    return all;
  }

  ZipLayout layout_;
  ZipReader reader_;
};

}  // namespace

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

std::unique_ptr<Download> download_file(const Parts& parts, OpenedTransfer opened,
                                        std::unique_ptr<OpenedManifest> manifest,
                                        std::size_t index) {
  return std::make_unique<FileDownload>(parts, std::move(opened), std::move(manifest), index);
}

std::unique_ptr<Download> download_zip(const Parts& parts, OpenedTransfer opened,
                                       std::unique_ptr<OpenedManifest> manifest,
                                       std::vector<std::size_t> indexes) {
  return std::make_unique<ZipDownload>(parts, std::move(opened), std::move(manifest),
                                       std::move(indexes));
}

}  // namespace couvert
