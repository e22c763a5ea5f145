// Use case: a transfer being filled. Files arrive here part by part, sealed while they stream in.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/secret.h"
#include "crypto/checksum.h"
#include "domain/transfer.h"
#include "service/verify.h"

namespace couvert {

/// A file of a draft as its sender sees it.
struct DraftFile {
  std::uint32_t no = 0;
  std::string name;
  std::string type;
  std::uint64_t size = 0;
  std::uint64_t offset = 0;  // durable so far
  std::string metadata;      // Upload-Metadata as the client gave it
  Instant expires;           // the draft's end
};

struct Draft {
  SlotId draft_id;
  SealId seal_id;
  Address from;
  Instant expires;
  std::vector<DraftFile> files;
};

/// Who works on a draft: the client and the sender's held secret.
struct DraftKey {
  const Caller& caller;
  SlotId draft_id;
  const Secret<32>& secret;
};

struct NewFile {
  std::optional<std::string> name;  // without one it is "file-1", "file-2", ...
  std::string type;
  std::uint64_t size = 0;
  std::string metadata{};  // Upload-Metadata as it came, at most upload_metadata_bytes_max
};

/// The bytes that a request brings for a file.
struct UploadPiece {
  std::uint64_t offset = 0;
  std::uint64_t bytes = 0;
  std::optional<Checksum> checksum{};  // of these bytes: they are kept whole or not at all
};

/// Bytes on their way into a file of a draft.
///
/// Of two on one file the later one has it; the earlier one can store nothing more.
///
/// Order:   write() as the bytes arrive; then finish() where all of them came, or break_off().
/// Memory:  under 700 KiB.
/// Threads: one at a time, but for settle(), which may run beside the others; all but
///          has_unsettled() may block on the disk.
class Upload {
 public:
  virtual ~Upload() = default;
  /// Seals and stores. Errors: `too_large` past the announced size; `full`; `conflict` where
  /// a later writer has the file. After an error every call fails.
  virtual Result<> write(Bytes bytes) = 0;
  /// Whether whole parts wait and no thread is at making them durable.
  virtual bool has_unsettled() const = 0;
  /// Makes them durable, so that write() need not wait for the disk. Without it write() and
  /// finish() see to it themselves.
  virtual void settle() = 0;
  /// Closes the open part and returns the new durable offset.
  /// Errors: those of write(); `invalid` with "wrong_checksum", and nothing is kept.
  virtual Result<std::uint64_t> finish() = 0;
  /// Keeps the whole parts, and the open one if it holds at least 1 MiB; after an error of write()
  /// what came before it. Under a checksum, nothing.
  virtual void break_off() = 0;
  /// The offset up to which everything is durable.
  virtual std::uint64_t offset() const = 0;
};

/// A file that has just begun.
struct NewUpload {
  std::uint32_t no = 0;
  Instant expires;
  std::unique_ptr<Upload> upload;  // for the first bytes; null where none can be taken
  std::uint64_t offset = 0;        // what an earlier request of the same name has brought
};

/// Threads: any. All functions may block on database and disk.
/// Errors of all: `unproven` without a verification of the sender's address; `denied` for a draft
/// that is not there, not this sender's, past its end, or whose secret is another.
class Drafts {
 public:
  explicit Drafts(const Parts& parts) : parts_(parts) {}

  /// Begins a draft; the client made its ID and its secret. The same again gives the same draft.
  /// Errors: `throttled` for too many; `conflict` where the ID is taken.
  Result<Draft> create(const DraftKey& key, const Address& from);
  Result<Draft> find(const DraftKey& key);
  Result<> remove(const DraftKey& key);

  /// Keeps what the sender has filled in, sealed, in the place of what was kept before. The text is
  /// the client's own; nothing here reads it. It goes at Start.
  /// Errors: `too_large` over limits::draft_form_bytes_max.
  Result<> save_form(const DraftKey& key, std::string_view text);
  /// What was kept, or nothing.
  Result<std::optional<std::string>> form(const DraftKey& key);

  /// Begins a file, which may bring its first bytes along: where these are refused, the file goes
  /// again. Too few of them to make a part are left for a later request.
  /// Errors: `invalid` for a name that no system takes; `too_large` over what a transfer may hold;
  /// `full` with "quota" over what the sender's drafts may hold.
  Result<NewUpload> create_file(const DraftKey& key, const NewFile& file,
                                const UploadPiece& first = {});
  Result<DraftFile> find_file(const DraftKey& key, std::uint32_t no);
  Result<> remove_file(const DraftKey& key, std::uint32_t no);

  /// Takes the file over from whoever writes to it.
  /// Errors: `conflict` where the offset is not the file's; `too_large` past the announced size, or
  /// too long for a checksum; `invalid` with "piece_too_small".
  Result<std::unique_ptr<Upload>> upload(const DraftKey& key, std::uint32_t no,
                                         const UploadPiece& piece);

 private:
  const Parts& parts_;
};

}  // namespace couvert
