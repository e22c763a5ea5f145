// Sealed parts on their way to being durable, while the next ones are sealed.
//
// In their order, always: a part's object durable, then its row with the file's record, then the
// offset. What waits while the disk is busy goes into one transaction. Of parts that are kept whole
// or not at all the objects become durable as they come, and all rows together in finish(): what a
// crash leaves of them is swept like every object that no row names.
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "sealing/part.h"
#include "service/parts.h"
#include "store/file_table.h"

namespace couvert {

/// How many sealed parts may wait while others are at the disk.
constexpr std::size_t unsettled_parts_max = 2;

/// What is kept of parts behind which others do not come.
enum class Keep { each_part, all_or_none };

/// A part that is sealed and written, and not yet durable.
struct WholePart {
  ObjectId object;
  std::unique_ptr<ObjectWriter> writer;
  SealedPart sealed;
  Buffer record;  // of the file up to the end of this part
};

/// The parts of one file from its durable end on.
///
/// Errors of all: those of the store; `conflict` where a later writer has the file, and the objects
///          that no row names are removed. After an error every call fails, and nothing behind that
///          part becomes durable.
/// Memory:  none to speak of: what a part holds lies in its file. With Keep::all_or_none its row,
///          80 bytes.
/// Threads: add(), finish() and drop() one at a time; settle(), is_waiting() and offset() any.
/// Lifetime: `parts` must outlive it.
class Settling {
 public:
  /// `durable` is the file as its row stands, with the record by which this writer has it.
  Settling(const Parts& parts, FileRow durable, Keep keep);

  /// Takes the next part. Where unsettled_parts_max wait already, sees to it that some
  /// become durable first.
  Result<> add(WholePart part);
  /// Whether there is something that no thread is at.
  bool is_waiting() const;
  /// Makes durable what waits, unless another thread is at it. Whether that went well is what the
  /// next add() or finish() says.
  void settle();
  /// Returns the file's new durable offset once nothing waits any more.
  Result<std::uint64_t> finish();
  /// Removes what no row names yet; afterwards every call fails.
  void drop();

  std::uint64_t offset() const;

 private:
  void settle_batch(std::unique_lock<std::mutex>& lock);
  Result<> make_durable(std::vector<WholePart>& batch);
  Result<> write_rows();
  Result<> outcome() const;

  const Parts& parts_;
  const Keep keep_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<WholePart> waiting_;
  bool is_settling_ = false;      // a thread is; it alone uses the next three then
  FileRow row_;                   // as it is durable
  std::vector<PartRow> rowless_;  // parts behind it whose objects are durable
  Buffer record_;                 // of the file up to the last of them
  std::uint64_t offset_;
  std::optional<Error> failed_;
};

}  // namespace couvert
