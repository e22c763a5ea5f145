#include "service/upload.h"

#include <algorithm>

#include "sealing/part.h"
#include "service/settling.h"

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

// Seals into objects; Settling makes them durable. Under a checksum it holds the rows back until
// all bytes have come and are right.
class SealingUpload final : public Upload {
 public:
  SealingUpload(const Parts& parts, OpenedDraft draft, OpenedFile file, UploadTerms terms)
      : parts_(parts),
        draft_(std::move(draft)),
        file_(std::move(file)),
        terms_(std::move(terms)),
        next_part_(file_.row.parts),
        settling_(parts, file_.row, terms_.checksum ? Keep::all_or_none : Keep::each_part) {
    if (terms_.checksum) counter_.emplace(terms_.checksum->kind);
  }

  Result<> write(Bytes bytes) override {
    if (failed_) return fail(failed_->code, failed_->detail);
    const Result<> written = seal(bytes);
    if (!written) return refuse(written.error());
    return Result<>();
  }

  bool has_unsettled() const override { return settling_.is_waiting(); }
  void settle() override { settling_.settle(); }

  Result<std::uint64_t> finish() override {
    if (failed_) return fail(failed_->code, failed_->detail);
    const Result<> closed = open_ ? close_open() : Result<>();
    if (!closed) return refuse(closed.error());
    const Result<> right = counter_ ? check_sum() : Result<>();
    if (!right) return refuse(right.error());
    const Result<std::uint64_t> offset = settling_.finish();
    if (!offset) return refuse(offset.error());
    return offset;
  }

  void break_off() override {
    if (counter_) {
      settling_.drop();
      return;
    }
    if (!failed_ && open_ && open_->bytes >= limits::torn_part_bytes_min) {
      const Result<> closed = close_open();
      if (!closed) parts_.log.failure("a torn part was not kept", closed.error());
    }
    open_.reset();
    const Result<std::uint64_t> kept = settling_.finish();
    if (!kept && !failed_) parts_.log.failure("whole parts were not kept", kept.error());
  }

  std::uint64_t offset() const override { return settling_.offset(); }

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

  Result<> check_sum() {
    if (counter_->digest() != terms_.checksum->digest) {
      return fail(ErrorCode::invalid, "wrong_checksum");
    }
    if (parts_.clock.running() - began_ > limits::checked_time_max) {
      return fail(ErrorCode::conflict, "too long on the way for a checksum");
    }
    return Result<>();
  }

  // The writer stays failed. A file that was to begin with these bytes goes, unless a later writer
  // has it.
  tl::unexpected<Error> refuse(const Error& error) {
    failed_ = error;
    open_.reset();
    const bool erases =
        terms_.on_refusal == OnRefusal::erase_file && error.code != ErrorCode::conflict;
    if (counter_ || erases) settling_.drop();
    if (erases) {
      const Result<> erased = erase_file(parts_, draft_.transfer.seal_id, file_.row.no);
      if (!erased) parts_.log.failure("a refused file was not erased", erased.error());
    }
    return fail(error.code, error.detail);
  }

  Result<> open_next() {
    if (counter_ && next_part_ - file_.row.parts >= limits::checked_parts_max) {
      return fail(ErrorCode::too_large, "too many bytes for one checksum");
    }
    const Result<> space = check_space(parts_, Space::to_go_on);
    if (!space) return space;
    const ObjectId id = ObjectId::make(parts_.random);
    Result<std::unique_ptr<ObjectWriter>> object = parts_.objects.create(id);
    if (!object) return pass(object);
    const PartPlace place{scope_of(draft_.transfer), file_.row.no, next_part_};
    open_ = std::make_unique<OpenPart>(std::move(*object), id, draft_.keys.transfer_key, place,
                                       parts_.random);
    return Result<>();
  }

  Result<> close_open() {
    const std::unique_ptr<OpenPart> open = std::move(open_);
    const Result<SealedPart> sealed = open->part.finish();
    if (!sealed) return pass(sealed);
    Buffer record = seal_record(draft_.keys.transfer_key, {scope_of(draft_.transfer), file_.row.no},
                                file_.record, parts_.random);
    next_part_ += 1;
    return settling_.add({open->id, std::move(open->writer), *sealed, std::move(record)});
  }

  const Parts& parts_;
  OpenedDraft draft_;
  OpenedFile file_;  // the record runs ahead of what is durable
  const UploadTerms terms_;
  std::optional<ChecksumCounter> counter_;  // where all or none is kept
  const Duration began_ = parts_.clock.running();
  std::uint32_t next_part_;
  Settling settling_;
  std::unique_ptr<OpenPart> open_;
  std::optional<Error> failed_;
};

}  // namespace

Result<> check_space(const Parts& parts, Space space) {
  const Result<std::uint64_t> free = parts.objects.free_bytes();
  if (!free) return pass(free);
  const std::uint64_t min = parts.settings.free_bytes_min;
  if (*free >= (space == Space::to_begin ? min : min / 2)) return Result<>();
  return fail(ErrorCode::full, "the objects' disk is nearly full");
}

std::unique_ptr<Upload> begin_upload(const Parts& parts, OpenedDraft draft, OpenedFile file,
                                     UploadTerms terms) {
  return std::make_unique<SealingUpload>(parts, std::move(draft), std::move(file),
                                         std::move(terms));
}

}  // namespace couvert
