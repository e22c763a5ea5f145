#include "service/upload.h"

#include <algorithm>

#include "sealing/part.h"

namespace couvert {
namespace {

// A part that is being sealed into its object. The members refer to one another, so it never moves.
struct OpenPart {
  OpenPart(std::unique_ptr<ObjectWriter> object, const ObjectId& object_id,
           const Secret<32>& transfer_key, const PartPlace& place, Random& random)
      : id(object_id),
        writer(std::move(object)),
        sink(*writer),
        part(sink, transfer_key, place, random) {}

  ObjectId id;
  std::unique_ptr<ObjectWriter> writer;
  ObjectSink sink;
  PartWriter part;
  std::uint64_t bytes = 0;
};

// Without a checksum a part belongs to the file as soon as its object is durable. Under one, the
// objects wait without rows until all bytes have come and are right: what a crash leaves of them is
// swept like every object that no row names.
class SealingUpload final : public Upload {
 public:
  SealingUpload(const Parts& parts, OpenedDraft draft, OpenedFile file, UploadTerms terms)
      : parts_(parts), draft_(std::move(draft)), file_(std::move(file)), terms_(std::move(terms)) {
    if (terms_.checksum) counter_.emplace(terms_.checksum->kind);
  }
  SealingUpload(const SealingUpload&) = delete;
  SealingUpload& operator=(const SealingUpload&) = delete;
  ~SealingUpload() override { drop_waiting(); }

  Result<> write(Bytes bytes) override {
    if (failed_) return fail(failed_->code, failed_->detail);
    const Result<> written = seal(bytes);
    if (!written) return refuse(written.error());
    return Result<>();
  }

  Result<std::uint64_t> finish() override {
    if (failed_) return fail(failed_->code, failed_->detail);
    const Result<> done = close_last();
    if (!done) return refuse(done.error());
    return file_.row.offset;
  }

  void break_off() override {
    if (failed_ || terms_.checksum || !open_ || open_->bytes < limits::torn_part_bytes_min) return;
    const Result<> closed = close_open();
    if (!closed) parts_.log.failure("a torn part was not kept", closed.error());
  }

  std::uint64_t offset() const override { return file_.row.offset; }

 private:
  Result<> seal(Bytes bytes) {
    if (bytes.size() > file_.row.bytes - file_.record.bytes) {
      return fail(ErrorCode::too_large, "more than was announced");
    }
    if (counter_) counter_->update(bytes);
    while (!bytes.empty()) {
      if (!open_) {
        const Result<> opened = open_next();
        if (!opened) return opened;
      }
      const auto now = std::min<std::uint64_t>(bytes.size(), open_->part.room());
      const Bytes piece = bytes.first(static_cast<std::size_t>(now));
      const Result<> written = open_->part.write(piece);
      if (!written) return written;
      file_.record.add(piece);
      open_->bytes += now;
      bytes = bytes.subspan(piece.size());
      if (open_->part.room() == 0) {
        const Result<> closed = close_open();
        if (!closed) return closed;
      }
    }
    return Result<>();
  }

  Result<> close_last() {
    if (open_) {
      const Result<> closed = close_open();
      if (!closed) return closed;
    }
    if (!counter_) return Result<>();
    if (counter_->digest() != terms_.checksum->digest) {
      return fail(ErrorCode::invalid, "wrong_checksum");
    }
    // By both clocks: the sweeper of objects that no row names goes by the one that can be set.
    if (parts_.clock.now() - began_ > limits::checked_time_max ||
        parts_.clock.running() - began_running_ > limits::checked_time_max) {
      return fail(ErrorCode::conflict, "too long on the way for a checksum");
    }
    return waiting_.empty() ? Result<>() : settle();
  }

  // The writer stays failed, and nothing of what waited is left.
  tl::unexpected<Error> refuse(const Error& error) {
    failed_ = error;
    open_.reset();
    drop_waiting();
    if (terms_.on_refusal == OnRefusal::erase_file) {
      const Result<> erased = erase_file(parts_, draft_.transfer.seal_id, file_.row.no);
      if (!erased) parts_.log.failure("a refused file was not erased", erased.error());
    }
    return fail(error.code, error.detail);
  }

  void drop_waiting() {
    for (const PartRow& part : waiting_) drop_object(parts_, part.object);
    waiting_.clear();
  }

  Result<> open_next() {
    if (waiting_.size() >= limits::checked_parts_max) {
      return fail(ErrorCode::too_large, "too many bytes for one checksum");
    }
    const ObjectId id = ObjectId::make(parts_.random);
    Result<std::unique_ptr<ObjectWriter>> object = parts_.objects.create(id);
    if (!object) return pass(object);
    const PartPlace place{scope_of(draft_.transfer), file_.row.no, next_part()};
    open_ = std::make_unique<OpenPart>(std::move(*object), id, draft_.keys.transfer_key, place,
                                       parts_.random);
    return Result<>();
  }

  std::uint32_t next_part() const {
    return file_.row.parts + static_cast<std::uint32_t>(waiting_.size());
  }

  // Object durable first, then its row and the file's record: never the other order.
  Result<> close_open() {
    const std::unique_ptr<OpenPart> open = std::move(open_);
    const Result<SealedPart> sealed = open->part.finish();
    if (!sealed) return pass(sealed);
    const Result<> durable = open->writer->commit();
    if (!durable) return pass(durable);
    waiting_.push_back({draft_.transfer.seal_id, file_.row.no, next_part(), open->id,
                        sealed->plain_bytes, sealed->commitment});
    return counter_ ? Result<>() : settle();
  }

  // Gives the file the parts that wait, all or none. The record has run ahead by just these.
  Result<> settle() {
    FileRow row = file_.row;
    const Buffer record = seal_record(draft_.keys.transfer_key, {scope_of(draft_.transfer), row.no},
                                      file_.record, parts_.random);
    const Result<> advanced = parts_.database.write([&](Transaction& tx) -> Result<> {
      for (const PartRow& part : waiting_) {
        const Buffer held = std::exchange(row.record, record);
        row.offset += part.bytes;
        row.parts += 1;
        const Result<> moved = advance_file(tx, row, part, held);
        if (!moved) return moved;
      }
      return Result<>();
    });
    // Lost to another writer: nobody names the objects. After any other error the rows may be
    // there.
    if (!advanced && advanced.error().code == ErrorCode::conflict) drop_waiting();
    waiting_.clear();
    if (!advanced) return advanced;
    file_.row = std::move(row);
    return Result<>();
  }

  const Parts& parts_;
  OpenedDraft draft_;
  OpenedFile file_;  // the row as it is durable; the record runs ahead of it
  const UploadTerms terms_;
  std::optional<ChecksumCounter> counter_;
  const Instant began_ = parts_.clock.now();
  const Duration began_running_ = parts_.clock.running();
  std::unique_ptr<OpenPart> open_;
  std::vector<PartRow> waiting_;  // objects without rows; at most limits::checked_parts_max
  std::optional<Error> failed_;
};

}  // namespace

std::unique_ptr<Upload> begin_upload(const Parts& parts, OpenedDraft draft, OpenedFile file,
                                     UploadTerms terms) {
  return std::make_unique<SealingUpload>(parts, std::move(draft), std::move(file),
                                         std::move(terms));
}

}  // namespace couvert
