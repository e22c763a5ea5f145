// Use case: a transfer being filled. Files arrive here part by part, sealed while they stream in.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/secret.h"
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
};

struct Draft {
  SlotId draft_id;
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
  std::string name;
  std::string type;
  std::uint64_t size = 0;
};

/// Bytes on their way into a file of a draft.
///
/// Order:   write() as the bytes arrive; then finish() where all of them came, or break_off().
/// Memory:  under 600 KiB.
/// Threads: one at a time, but for settle(), which may run beside the others; all but
///          has_unsettled() may block on the disk.
class Upload {
 public:
  virtual ~Upload() = default;
  /// Seals and stores. Errors: `too_large` past the announced size; `full`; `conflict` where
  /// another writer was faster. After an error every call fails.
  virtual Result<> write(Bytes bytes) = 0;
  /// Whether whole parts wait and no thread is at making them durable.
  virtual bool has_unsettled() const = 0;
  /// Makes them durable, so that write() need not wait for the disk. Without it write() and
  /// finish() see to it themselves.
  virtual void settle() = 0;
  /// Closes the open part and returns the new durable offset.
  virtual Result<std::uint64_t> finish() = 0;
  /// Keeps the whole parts, and the open one if it holds at least 1 MiB; after an error of write()
  /// what came before it.
  virtual void break_off() = 0;
  /// The offset up to which everything is durable.
  virtual std::uint64_t offset() const = 0;
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

  /// Errors: `invalid` for a name that no system takes; `too_large`; `throttled` for too many.
  Result<std::uint32_t> create_file(const DraftKey& key, const NewFile& file);
  Result<DraftFile> find_file(const DraftKey& key, std::uint32_t no);
  Result<> remove_file(const DraftKey& key, std::uint32_t no);

  /// Errors: `conflict` where `offset` is not the file's.
  Result<std::unique_ptr<Upload>> upload(const DraftKey& key, std::uint32_t no,
                                         std::uint64_t offset);

 private:
  const Parts& parts_;
};

}  // namespace couvert
