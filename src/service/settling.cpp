#include "service/settling.h"

#include "service/stored_file.h"

namespace couvert {

Settling::Settling(const Parts& parts, FileRow durable)
    : parts_(parts), row_(std::move(durable)), offset_(row_.offset) {}

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
  const Result<> done = outcome();
  if (!done) return pass(done);
  return offset_;
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
  if (!done) failed_ = done.error();
  offset_ = row_.offset;
  is_settling_ = false;
  changed_.notify_all();
}

// Objects durable first, then their rows and the file's record: never the other order.
Result<> Settling::make_durable(std::vector<WholePart>& batch) {
  std::size_t count = 0;
  Result<> durable;
  for (; count < batch.size(); ++count) {
    durable = batch[count].writer->commit();
    if (!durable) break;
  }
  const Result<> written = count > 0 ? write_rows(batch, count) : Result<>();
  return written ? durable : written;
}

Result<> Settling::write_rows(const std::vector<WholePart>& batch, std::size_t count) {
  FileRow next;
  const Result<> advanced = parts_.database.write([&](Transaction& tx) {
    next = row_;
    for (std::size_t at = 0; at < count; ++at) {
      const WholePart& part = batch[at];
      const PartRow row{
          next.seal_id,          next.no, next.parts, part.object, part.sealed.plain_bytes,
          part.sealed.commitment};
      next.offset += row.bytes;
      next.parts += 1;
      next.record = part.record;
      const Result<> moved = advance_file(tx, next, row);
      if (!moved) return moved;
    }
    return Result<>();
  });
  if (advanced) row_ = std::move(next);
  // Lost to another writer: nobody names the objects. After any other error the rows may be there.
  if (!advanced && advanced.error().code == ErrorCode::conflict) {
    for (std::size_t at = 0; at < count; ++at) drop_object(parts_, batch[at].object);
  }
  return advanced;
}

}  // namespace couvert
