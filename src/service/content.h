// What an opened transfer holds: the manifest, and bytes of its files as a Download.
#pragma once

#include "sealing/file_reader.h"
#include "service/open_transfer.h"
#include "service/retrieve.h"
#include "store/file_table.h"
#include "store/transfer_table.h"

namespace couvert {

/// The files of a manifest as sender and recipients see them.
std::vector<TransferFile> files_of_manifest(const Manifest& manifest);

/// A live transfer as one recipient's session has opened it.
struct OpenedTransfer {
  Transfer transfer;
  Recipient recipient;
  SlotId retrieval_id;
  OpenedKeyslot keys;
};

/// The manifest of an opened transfer and the object that it is read from.
class OpenedManifest {
 public:
  /// Errors: `damaged`, `unavailable`.
  static Result<std::unique_ptr<OpenedManifest>> open(const Parts& parts,
                                                      const OpenedTransfer& opened);

  const Manifest& manifest() const { return reader_->manifest(); }
  ManifestReader& reader() { return *reader_; }

 private:
  std::unique_ptr<MessageSource> object_;
  std::optional<ManifestReader> reader_;
};

/// A download of one file. `index` counts the manifest's files. Lifetime: `parts` must outlive it.
std::unique_ptr<Download> download_file(const Parts& parts, OpenedTransfer opened,
                                        std::unique_ptr<OpenedManifest> manifest,
                                        std::size_t index);

/// The same file to look at. Errors: as Retrieve::view().
Result<View> view_file(const Parts& parts, OpenedTransfer opened,
                       std::unique_ptr<OpenedManifest> manifest, std::size_t index);

/// A download of several files as a ZIP. `indexes` count the manifest's files.
std::unique_ptr<Download> download_zip(const Parts& parts, OpenedTransfer opened,
                                       std::unique_ptr<OpenedManifest> manifest,
                                       std::vector<std::size_t> indexes);

}  // namespace couvert
