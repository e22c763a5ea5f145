#include "http/bodies.h"

#include <algorithm>
#include <array>

#include "base/secret.h"
#include "http/on_workers.h"

namespace couvert {
namespace {

constexpr std::size_t piece_bytes = 256 * 1024;

// Plaintext of a file: wiped when it goes.
struct Piece {
  Buffer bytes = Buffer(piece_bytes);
  ~Piece() { wipe(bytes); }
};

Pending<void> begin_write(Workers& pool, const Strand& strand,
                          const std::shared_ptr<Upload>& upload, Bytes bytes) {
  return Pending<void>::begin(pool, strand, [&pool, strand, upload, bytes] {
    Result<> written = upload->write(bytes);
    // Beside the next bytes. Nobody waits for it: what goes wrong, write() or finish() will say.
    if (written && upload->has_unsettled()) {
      Pending<void>::begin(pool, strand, [upload] {
        upload->settle();
        return Result<>();
      });
    }
    return written;
  });
}

// Ends an upload that broke off; what is whole stays.
Task<> park(Workers& pool, Strand strand, std::shared_ptr<Upload> upload) {
  auto parked = Pending<void>::begin(pool, strand, [upload] {
    upload->break_off();
    return Result<>();
  });
  co_return co_await parked.take();
}

// Lets go of something that may block when it goes.
template <class T>
void release_on(Workers& pool, std::shared_ptr<T> last) {
  pool.post([last = std::move(last)]() mutable { last.reset(); });
}

}  // namespace

Task<std::uint64_t> receive_upload(std::shared_ptr<Connection> connection, Workers& pool,
                                   std::shared_ptr<Upload> upload, std::uint64_t bytes) {
  auto pieces = std::make_shared<std::array<Piece, 2>>();
  std::optional<Pending<void>> writing;
  std::uint64_t left = bytes;
  Result<> written;
  for (std::size_t turn = 0; left > 0; turn ^= 1) {
    MutableBytes room = (*pieces)[turn].bytes;
    room = room.first(static_cast<std::size_t>(std::min<std::uint64_t>(left, room.size())));
    const Result<std::size_t> filled = co_await connection->read_body(room);
    if (writing) written = co_await writing->take();
    writing.reset();
    if (!written || !filled || *filled == 0) break;
    left -= *filled;
    const Bytes next = Bytes(room).first(*filled);
    writing = begin_write(pool, connection->strand(), upload, next);
    if (*filled < room.size()) break;
  }
  if (writing) written = co_await writing->take();
  if (!written || left > 0) {
    const Result<> parked = co_await park(pool, connection->strand(), std::move(upload));
    if (!written) co_return pass(written);
    if (!parked) co_return pass(parked);
    co_return fail(ErrorCode::unavailable, "the line broke during an upload");
  }
  auto finishing = Pending<std::uint64_t>::begin(pool, connection->strand(),
                                                 [upload] { return upload->finish(); });
  Result<std::uint64_t> offset = co_await finishing.take();
  release_on(pool, std::move(upload));
  co_return offset;
}

Task<> send_download(std::shared_ptr<Connection> connection, Workers& pool,
                     std::shared_ptr<Download> download, ByteRange range) {
  const std::uint64_t end = range.first + range.bytes;
  const auto begin_read = [&pool, &connection, &download, end](std::uint64_t at) {
    const auto most = static_cast<std::size_t>(std::min<std::uint64_t>(end - at, piece_bytes));
    return Pending<Bytes>::begin(pool, connection->strand(),
                                 [download, at, most] { return download->read(at, most); });
  };
  std::uint64_t at = range.first;
  std::optional<Pending<Bytes>> reading;
  if (at < end) reading = begin_read(at);
  Result<> sent;
  while (at < end && sent) {
    const Result<Bytes> piece = co_await reading->take();
    reading.reset();
    if (!piece) sent = pass(piece);
    if (!sent) break;
    INVARIANT(!piece->empty() && piece->size() <= end - at);
    sent = connection->put(*piece);
    at += piece->size();
    if (at < end) reading = begin_read(at);  // while this piece goes out
    if (sent) sent = co_await connection->flush();
  }
  if (reading) {
    const Result<Bytes> unused = co_await reading->take();
    if (!unused && sent) sent = pass(unused);
  }
  if (sent) sent = co_await connection->flush();
  const bool whole = range.first == 0 || range.resumed;
  if (sent && whole && end == download->size()) {
    auto noting = Pending<void>::begin(pool, connection->strand(),
                                       [download] { return download->delivered(), Result<>(); });
    const Result<> noted = co_await noting.take();
  }
  release_on(pool, std::move(download));
  co_return sent;
}

}  // namespace couvert
