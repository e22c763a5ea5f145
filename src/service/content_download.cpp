#include "service/content_download.h"

#include "crypto/hash.h"
#include "service/delivery.h"
#include "service/stored_file.h"

namespace couvert {
namespace {

constexpr std::size_t etag_bytes = 16;

}  // namespace

ContentDownload::ContentDownload(const Parts& parts, OpenedTransfer opened,
                                 std::unique_ptr<OpenedManifest> manifest,
                                 std::vector<std::size_t> indexes)
    : parts_(parts),
      opened_(std::move(opened)),
      watch_(parts_, opened_),
      manifest_(std::move(manifest)),
      indexes_(std::move(indexes)) {
  for (const std::size_t index : indexes_) {
    numbers_.push_back(manifest_->manifest().files[index].no);
  }
}

void ContentDownload::delivered() {
  const Result<> noted = note_delivery(parts_, opened_, manifest_->manifest(), numbers_);
  if (!noted) parts_.log.failure("download not noted", noted.error());
}

Result<Bytes> ContentDownload::read(std::uint64_t offset, std::size_t bytes_max) {
  const Result<> live = watch_.look();
  if (!live) return pass(live);
  return read_piece(offset, bytes_max);
}

std::unique_ptr<PlainSource> ContentDownload::open(std::size_t nth) {
  return open_stored_file(parts_, watch_, *manifest_, indexes_[nth]);
}

std::string ContentDownload::content_etag() const {
  Buffer about(opened_.keys.manifest.begin(), opened_.keys.manifest.end());
  for (const std::uint32_t no : numbers_) append_integer(about, no, 4);
  const Sha256Digest digest = sha256(about);
  return encode_base64url(Bytes(digest).first(etag_bytes));
}

}  // namespace couvert
