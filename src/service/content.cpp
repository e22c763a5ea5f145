#include "service/content.h"

#include <algorithm>

#include "domain/view_type.h"
#include "sealing/zip.h"
#include "sealing/zip_names.h"
#include "service/content_download.h"
#include "service/delivery.h"

namespace couvert {
namespace {

class FileDownload : public ContentDownload {
 public:
  FileDownload(const Parts& parts, OpenedTransfer opened, std::unique_ptr<OpenedManifest> manifest,
               std::size_t index)
      : ContentDownload(parts, std::move(opened), std::move(manifest), {index}) {
    name_ = safe_file_name(file(0).name);
    etag_ = content_etag();
  }

  std::uint64_t size() const override { return file(0).size; }

 protected:
  Result<Bytes> read_piece(std::uint64_t offset, std::size_t bytes_max) override {
    if (!source_) source_ = open(0);
    return source_->read(offset, bytes_max);
  }

 private:
  std::unique_ptr<PlainSource> source_;
};

// The same bytes to look at: whoever gets some of them has viewed the file, and all of them are no
// download.
class FileView final : public FileDownload {
 public:
  using FileDownload::FileDownload;

  void delivered() override {}

  // What the file is shown as, by its first bytes.
  Result<std::string> type() {
    if (size() == 0) return fail(ErrorCode::refused, "no_view");
    Buffer head;
    const std::uint64_t wanted = std::min<std::uint64_t>(size(), view_head_bytes);
    while (head.size() < wanted) {
      const Result<Bytes> piece =
          FileDownload::read_piece(head.size(), static_cast<std::size_t>(wanted) - head.size());
      if (!piece) return pass(piece);
      append(head, *piece);
    }
    const std::optional<std::string_view> type = view_type(head);
    if (!type) return fail(ErrorCode::refused, "no_view");
    return std::string(*type);
  }

 private:
  // What was not noted is not held against who looks: the log says so.
  Result<Bytes> read_piece(std::uint64_t offset, std::size_t bytes_max) override {
    Result<Bytes> piece = FileDownload::read_piece(offset, bytes_max);
    if (!piece || noted_) return piece;
    noted_ = true;
    const Result<> noted = note_view(parts_, opened_.recipient, numbers_.front());
    if (!noted) parts_.log.failure("view not noted", noted.error());
    return piece;
  }

  bool noted_ = false;
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
    etag_ = std::string(zip_layout_version) + "-" + content_etag();
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

Result<View> view_file(const Parts& parts, OpenedTransfer opened,
                       std::unique_ptr<OpenedManifest> manifest, std::size_t index) {
  auto view = std::make_unique<FileView>(parts, std::move(opened), std::move(manifest), index);
  Result<std::string> type = view->type();
  if (!type) return pass(type);
  return View{std::move(view), std::move(*type)};
}

std::unique_ptr<Download> download_zip(const Parts& parts, OpenedTransfer opened,
                                       std::unique_ptr<OpenedManifest> manifest,
                                       std::vector<std::size_t> indexes) {
  return std::make_unique<ZipDownload>(parts, std::move(opened), std::move(manifest),
                                       std::move(indexes));
}

}  // namespace couvert
