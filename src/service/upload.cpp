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

class SealingUpload final : public Upload {
 public:
  SealingUpload(const Parts& parts, OpenedDraft draft, OpenedFile file)
      : parts_(parts), draft_(std::move(draft)), file_(std::move(file)) {}

  Result<> write(Bytes bytes) override {
    if (failed_) return fail(failed_->code, failed_->detail);
    const std::uint64_t room = file_.row.bytes - file_.record.bytes;
    if (bytes.size() > room) return keep(fail(ErrorCode::too_large, "more than was announced"));
    while (!bytes.empty()) {
      if (!open_) {
        const Result<> opened = open_next();
        if (!opened) return keep(pass(opened));
      }
      const auto now = std::min<std::uint64_t>(bytes.size(), open_->part.room());
      const Bytes piece = bytes.first(static_cast<std::size_t>(now));
      const Result<> written = open_->part.write(piece);
      if (!written) return keep(pass(written));
      file_.record.add(piece);
      open_->bytes += now;
      bytes = bytes.subspan(piece.size());
      if (open_->part.room() == 0) {
        const Result<> closed = close_open();
        if (!closed) return keep(pass(closed));
      }
    }
    return Result<>();
  }

  Result<std::uint64_t> finish() override {
    if (failed_) return fail(failed_->code, failed_->detail);
    if (open_) {
      const Result<> closed = close_open();
      if (!closed) {
        failed_ = closed.error();
        return pass(closed);
      }
    }
    return file_.row.offset;
  }

  void break_off() override {
    if (failed_ || !open_ || open_->bytes < limits::torn_part_bytes_min) return;
    const Result<> closed = close_open();
    if (!closed) parts_.log.failure("a torn part was not kept", closed.error());
  }

  std::uint64_t offset() const override { return file_.row.offset; }

 private:
  Result<> keep(tl::unexpected<Error> error) {
    failed_ = error.value();
    open_.reset();
    return error;
  }

  Result<> open_next() {
    const ObjectId id = ObjectId::make(parts_.random);
    Result<std::unique_ptr<ObjectWriter>> object = parts_.objects.create(id);
    if (!object) return pass(object);
    const PartPlace place{scope_of(draft_.transfer), file_.row.no, file_.row.parts};
    open_ = std::make_unique<OpenPart>(std::move(*object), id, draft_.keys.transfer_key, place,
                                       parts_.random);
    return Result<>();
  }

  // Object durable first, then its row and the file's record: never the other order.
  Result<> close_open() {
    const std::unique_ptr<OpenPart> open = std::move(open_);
    const Result<SealedPart> sealed = open->part.finish();
    if (!sealed) return pass(sealed);
    const Result<> durable = open->writer->commit();
    if (!durable) return pass(durable);

    const PartRow part{draft_.transfer.seal_id, file_.row.no,      file_.row.parts, open->id,
                       sealed->plain_bytes,     sealed->commitment};
    FileRow next = file_.row;
    next.offset += sealed->plain_bytes;
    next.parts += 1;
    next.record = seal_record(draft_.keys.transfer_key, {scope_of(draft_.transfer), next.no},
                              file_.record, parts_.random);
    const Result<> advanced =
        parts_.database.write([&](Transaction& tx) { return advance_file(tx, next, part); });
    if (!advanced) {
      // Lost to another writer: nobody names the object. After any other error the row may be
      // there.
      if (advanced.error().code == ErrorCode::conflict) drop_object(parts_, open->id);
      return pass(advanced);
    }
    file_.row = std::move(next);
    return Result<>();
  }

  const Parts& parts_;
  OpenedDraft draft_;
  OpenedFile file_;  // the row as it is durable; the record runs ahead of it by the open part
  std::unique_ptr<OpenPart> open_;
  std::optional<Error> failed_;
};

}  // namespace

std::unique_ptr<Upload> begin_upload(const Parts& parts, OpenedDraft draft, OpenedFile file) {
  return std::make_unique<SealingUpload>(parts, std::move(draft), std::move(file));
}

}  // namespace couvert
