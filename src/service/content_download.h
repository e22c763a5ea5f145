// What every download of an opened transfer has: the transfer, its manifest, which files, name and
// ETag. Within service/ only.
#pragma once

#include <string>
#include <vector>

#include "service/content.h"
#include "service/transfer_watch.h"

namespace couvert {

/// Memory, Lifetime, Threads: as Download; `parts` must outlive it.
class ContentDownload : public Download {
 public:
  /// `indexes` count the manifest's files.
  ContentDownload(const Parts& parts, OpenedTransfer opened,
                  std::unique_ptr<OpenedManifest> manifest, std::vector<std::size_t> indexes);

  const std::string& name() const override { return name_; }
  const std::string& etag() const override { return etag_; }
  void delivered() override;
  Result<Bytes> read(std::uint64_t offset, std::size_t bytes_max) final;

 protected:
  virtual Result<Bytes> read_piece(std::uint64_t offset, std::size_t bytes_max) = 0;

  /// The plaintext of the nth of the chosen files.
  std::unique_ptr<PlainSource> open(std::size_t nth);
  const ManifestFile& file(std::size_t nth) const {
    return manifest_->manifest().files[indexes_[nth]];
  }
  /// Names these files' bytes: another transfer, seal or selection has another one.
  std::string content_etag() const;

  const Parts& parts_;
  OpenedTransfer opened_;
  TransferWatch watch_;
  std::unique_ptr<OpenedManifest> manifest_;
  std::vector<std::size_t> indexes_;
  std::vector<std::uint32_t> numbers_;  // of the same files
  std::string name_;
  std::string etag_;
};

}  // namespace couvert
