#include "http/bodies.h"

#include <algorithm>

#include "base/secret.h"
#include "http/on_workers.h"

namespace couvert {
namespace {

constexpr std::size_t upload_piece_bytes = 256 * 1024;   // that whole parts are made of
constexpr std::size_t download_piece_bytes = 96 * 1024;  // docs/decisions/0169
constexpr int pieces_max = 64;  // in one turn on the pool, where nobody else wants it
constexpr int short_waits_max = 8;

// Whether a turn on the pool goes on. Where the other side is only just behind, the thread waits
// for it: handing the line to the io thread and back costs more than what moves meanwhile. A slow
// line, or one among many, holds no thread.
class PoolTurn {
 public:
  explicit PoolTurn(const Workers& pool) : pool_(pool) {}

  bool goes_on() { return pieces_++ < pieces_max && (pieces_ == 1 || pool_.is_idle()); }
  bool waited_for(Connection& connection, Connection::Way way) {
    return waits_++ < short_waits_max && pool_.is_idle() && connection.wait_briefly(way);
  }

 private:
  const Workers& pool_;
  int pieces_ = 0;
  int waits_ = 0;
};

void settle_beside(Workers& pool, const Strand& strand, const std::shared_ptr<Upload>& upload) {
  // Nobody waits for it: what goes wrong, write() or finish() will say.
  Pending<void>::begin(pool, strand, [upload] {
    upload->settle();
    return Result<>();
  });
}

// An upload as far as its line lets it come. Lives in both threads, never in two at once.
struct Receiving {
  Receiving(std::shared_ptr<Connection> from, std::shared_ptr<Upload> into, std::uint64_t bytes)
      : connection(std::move(from)), upload(std::move(into)), left(bytes) {}
  ~Receiving() { wipe(piece); }
  Receiving(const Receiving&) = delete;
  Receiving& operator=(const Receiving&) = delete;

  const std::shared_ptr<Connection> connection;
  const std::shared_ptr<Upload> upload;
  std::uint64_t left;
  Buffer piece = Buffer(upload_piece_bytes);  // plaintext
  std::size_t filled = 0;
};

// Takes what has come. Errors: those of Upload::write().
Result<LineStep> receive_ready(Receiving& run, Workers& pool) {
  PoolTurn turn(pool);
  while (run.left > 0 && turn.goes_on()) {
    const auto most = std::min<std::uint64_t>(run.left, upload_piece_bytes);
    const MutableBytes room = MutableBytes(run.piece).first(static_cast<std::size_t>(most));
    LineStep step = run.connection->read_ready(room, run.filled);
    while (step == LineStep::waits && turn.waited_for(*run.connection, Connection::Way::in)) {
      step = run.connection->read_ready(room, run.filled);
    }
    if (step == LineStep::waits) return step;
    const Bytes came = room.first(run.filled);
    run.left -= came.size();
    run.filled = 0;
    const Result<> written = run.upload->write(came);
    if (!written) return pass(written);
    if (run.upload->has_unsettled()) settle_beside(pool, run.connection->strand(), run.upload);
    if (step != LineStep::done) return step;
  }
  return LineStep::done;
}

// A download, likewise.
struct Sending {
  const std::shared_ptr<Connection> connection;
  const std::shared_ptr<Download> download;
  std::uint64_t at;
  const std::uint64_t end;
};

// Sends what the line takes. Errors: those of Download::read(); `unavailable` for the line.
Result<LineStep> send_ready(Sending& run, const Workers& pool) {
  PoolTurn turn(pool);
  while (true) {
    LineStep step = run.connection->send_ready();
    while (step == LineStep::waits && turn.waited_for(*run.connection, Connection::Way::out)) {
      step = run.connection->send_ready();
    }
    if (step == LineStep::broken) return fail(ErrorCode::unavailable, "the line is broken");
    if (step != LineStep::done || run.at == run.end || !turn.goes_on()) return step;
    const auto most =
        static_cast<std::size_t>(std::min<std::uint64_t>(run.end - run.at, download_piece_bytes));
    const Result<Bytes> piece = run.download->read(run.at, most);
    if (!piece) return pass(piece);
    INVARIANT(!piece->empty() && piece->size() <= most);
    const Result<> put = run.connection->put(*piece);
    if (!put) return pass(put);
    run.at += piece->size();
  }
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
  const Strand strand = connection->strand();
  const auto run = std::make_shared<Receiving>(connection, upload, bytes);
  Result<LineStep> step = LineStep::done;
  while (run->left > 0 && step && (*step == LineStep::done || *step == LineStep::waits)) {
    connection->leave_io();
    auto receiving =
        Pending<LineStep>::begin(pool, strand, [run, &pool] { return receive_ready(*run, pool); });
    step = co_await receiving.take();
    if (!step || *step != LineStep::waits) continue;
    // Where nothing more comes, the next step finds the line broken, and keeps what has come.
    const Result<> ready = co_await connection->wait_for_sender();
    if (!ready) continue;
  }
  if (!step || run->left > 0) {
    const Result<> parked = co_await park(pool, strand, std::move(upload));
    if (!step) co_return pass(step);
    if (!parked) co_return pass(parked);
    co_return fail(ErrorCode::unavailable, "the line broke during an upload");
  }
  auto finishing =
      Pending<std::uint64_t>::begin(pool, strand, [upload] { return upload->finish(); });
  Result<std::uint64_t> offset = co_await finishing.take();
  release_on(pool, std::move(upload));
  co_return offset;
}

Task<> send_download(std::shared_ptr<Connection> connection, Workers& pool,
                     std::shared_ptr<Download> download, ByteRange range) {
  const Strand strand = connection->strand();
  const auto run =
      std::make_shared<Sending>(connection, download, range.first, range.first + range.bytes);
  Result<LineStep> step = LineStep::waits;
  while (step && (*step == LineStep::waits || run->at < run->end)) {
    connection->leave_io();
    auto sending =
        Pending<LineStep>::begin(pool, strand, [run, &pool] { return send_ready(*run, pool); });
    step = co_await sending.take();
    if (!step || *step != LineStep::waits) continue;
    const Result<> ready = co_await connection->wait_for_reader();
    if (!ready) step = pass(ready);
  }
  const bool whole = range.first == 0 || range.resumed;
  if (step && whole && run->end == download->size()) {
    auto noting = Pending<void>::begin(pool, strand,
                                       [download] { return download->delivered(), Result<>(); });
    const Result<> noted = co_await noting.take();
  }
  release_on(pool, std::move(download));
  if (!step) co_return pass(step);
  co_return Result<>();
}

}  // namespace couvert
