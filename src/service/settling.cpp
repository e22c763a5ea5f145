#include "service/settling.h"

#include <utility>

#include "service/open_transfer.h"

namespace couvert {

Settling::Settling(const Parts& parts, FileRow durable, Keep keep)
    : parts_(parts), keep_(keep), row_(std::move(durable)), offset_(row_.offset) {}

Result<> Settling::outcome() const {
  if (failed_) return fail(failed_->code, failed_->detail);
  return Result<>();
}

Result<> Settling::add(WholePart part) {
  std::unique_lock lock(mutex_);
  while (!failed_ && waiting_.size() >= unsettled_parts_max) {
    if (is_settling_) {
      changed_.wait(lock);
    } else {
      settle_batch(lock);
    }
  }
  if (!failed_) waiting_.push_back(std::move(part));
  return outcome();
}

bool Settling::is_waiting() const {
  const std::lock_guard lock(mutex_);
  return !waiting_.empty() && !is_settling_;
}

void Settling::settle() {
  std::unique_lock lock(mutex_);
  while (!failed_ && !is_settling_ && !waiting_.empty()) settle_batch(lock);
}

Result<std::uint64_t> Settling::finish() {
  std::unique_lock lock(mutex_);
  while (!failed_ && (is_settling_ || !waiting_.empty())) {
    if (is_settling_) {
      changed_.wait(lock);
    } else {
      settle_batch(lock);
    }
  }
  if (!failed_ && !rowless_.empty()) {
    const Result<> written = write_rows();
    if (!written) failed_ = written.error();
    offset_ = row_.offset;
  }
  const Result<> done = outcome();
  if (!done) return pass(done);
  return offset_;
}

void Settling::drop() {
  std::unique_lock lock(mutex_);
  if (!failed_) failed_.emplace(ErrorCode::conflict, "what waited was dropped");
  while (is_settling_) changed_.wait(lock);
  waiting_.clear();
  for (const PartRow& part : rowless_) drop_object(parts_, part.object);
  rowless_.clear();
}

std::uint64_t Settling::offset() const {
  const std::lock_guard lock(mutex_);
  return offset_;
}

// Everything that waits, without the lock meanwhile.
void Settling::settle_batch(std::unique_lock<std::mutex>& lock) {
  is_settling_ = true;
  std::vector<WholePart> batch;
  batch.swap(waiting_);
  lock.unlock();
  Result<> done = fail(ErrorCode::unavailable, "parts were not made durable");
  try {
    done = make_durable(batch);
  } catch (...) {
    lock.lock();
    failed_ = done.error();
    is_settling_ = false;
    changed_.notify_all();
    throw;
  }
  batch.clear();  // what is left of it after an error is discarded here
  lock.lock();
  if (!done && !failed_) failed_ = done.error();
  offset_ = row_.offset;
  is_settling_ = false;
  changed_.notify_all();
}

// Objects durable first, then their rows and the file's record: never the other order.
Result<> Settling::make_durable(std::vector<WholePart>& batch) {
  Result<> durable;
  for (WholePart& part : batch) {
    durable = part.writer->commit();
    if (!durable) break;
    const auto no = row_.parts + static_cast<std::uint32_t>(rowless_.size());
    rowless_.push_back(
        {row_.seal_id, row_.no, no, part.object, part.sealed.plain_bytes, part.sealed.commitment});
    record_ = std::move(part.record);
  }
  if (keep_ == Keep::all_or_none || rowless_.empty()) return durable;
  const Result<> written = write_rows();
  return written ? durable : written;
}

// All of them or none. What the row holds says whether the file is still this writer's.
Result<> Settling::write_rows() {
  const std::vector<PartRow> rows = std::exchange(rowless_, {});
  FileRow next;
  const Result<> advanced = parts_.database.write([&](Transaction& tx) {
    next = row_;
    for (const PartRow& part : rows) {
      const Buffer held = std::exchange(next.record, record_);
      next.offset += part.bytes;
      next.parts += 1;
      const Result<> moved = advance_file(tx, next, part, held);
      if (!moved) return moved;
    }
    return Result<>();
  });
  if (advanced) row_ = std::move(next);
  // Lost to a later writer: nobody names the objects. After any other error the rows may be there.
  if (!advanced && advanced.error().code == ErrorCode::conflict) {
    for (const PartRow& part : rows) drop_object(parts_, part.object);
  }
  return advanced;
}

}  // namespace couvert
