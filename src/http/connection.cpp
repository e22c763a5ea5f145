#include "http/connection.h"

#include <linux/sockios.h>
#include <sys/ioctl.h>

#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <limits>

#include "base/limits.h"
#include "base/secret.h"

namespace couvert {
namespace {

using boost::asio::ip::tcp;
using boost::system::error_code;

constexpr Duration::rep no_deadline = std::numeric_limits<Duration::rep>::max();
constexpr std::size_t receive_bytes = 4 * 1024;
constexpr std::size_t receive_bytes_max = 16 * 1024;

bool would_block(const error_code& error) {
  return error == boost::asio::error::would_block || error == boost::asio::error::try_again;
}

tl::unexpected<Error> broken() {
  return fail(ErrorCode::unavailable, "the line is broken");
}

}  // namespace

Connection::Connection(Socket socket, const ConnectionParts& parts, const IpAddress& peer)
    : clock_(parts.clock),
      metrics_(parts.metrics),
      peer_(peer),
      socket_(std::move(socket)),
      strand_(socket_.get_executor()),
      deadline_(no_deadline) {
  error_code ignored;
  socket_.non_blocking(true, ignored);
  socket_.set_option(tcp::no_delay(true), ignored);
}

Connection::~Connection() {
  release_memory();
}

Task<> Connection::handshake(TlsContext& context) {
  const Result<SSL*> session = context.session();
  if (!session) co_return pass(session);
  tls_.emplace(*session, socket_.native_handle());
  const Duration end = after(limits::handshake_time_max);
  while (true) {
    const TlsStep step = tls_->handshake();
    const Result<> sent = co_await flush();
    if (!sent) co_return sent;
    if (step == TlsStep::done) co_return Result<>();
    if (step != TlsStep::want_read) co_return fail(ErrorCode::unavailable, "TLS failed");
    const Result<> ready = co_await wait(tcp::socket::wait_read, end);
    broken_ = broken_ || !ready;
    if (!ready) co_return ready;
  }
}

Task<> Connection::wait_for_request() {
  rate_ = LeastRate();
  if (!received().empty()) co_return co_await give_way();
  release_memory();
  idle_ = true;
  Result<> ready;
  const bool buffered = tls_ && tls_->has_buffered();
  if (buffered) {
    ready = co_await give_way();
  } else {
    const Duration end = after(limits::idle_time_max);
    ready = co_await wait(tcp::socket::wait_read, end);
    broken_ = broken_ || !ready;
  }
  idle_ = false;
  co_return ready;
}

std::string_view Connection::received() const {
  return as_text(received_).substr(consumed_);
}

void Connection::consume(std::size_t bytes) {
  INVARIANT(bytes <= received_.size() - consumed_);
  consumed_ += bytes;
}

Task<> Connection::receive_more(Duration end) {
  received_.erase(received_.begin(), received_.begin() + static_cast<std::ptrdiff_t>(consumed_));
  consumed_ = 0;
  const std::size_t before = received_.size();
  received_.resize(before + std::clamp(before, receive_bytes, receive_bytes_max));
  const MutableBytes room = MutableBytes(received_).subspan(before);
  const Result<std::size_t> bytes = co_await read_some(room, end);
  received_.resize(before + (bytes ? *bytes : 0));
  if (!bytes) co_return pass(bytes);
  if (*bytes == 0) co_return fail(ErrorCode::unavailable, "the client has closed");
  co_return Result<>();
}

Task<std::size_t> Connection::read_body(MutableBytes out) {
  const std::string_view early = received().substr(0, out.size());
  std::copy_n(as_bytes(early).begin(), early.size(), out.begin());
  std::size_t filled = early.size();
  consume(filled);
  while (filled < out.size()) {
    const MutableBytes room = out.subspan(filled);
    const Duration begun = clock_.running();
    const Result<std::size_t> bytes = co_await read_some(room, begun + limits::rate_time);
    if (!bytes || *bytes == 0) break;
    filled += *bytes;
    broken_ = broken_ || !rate_.keeps(clock_.running() - begun, *bytes);
    if (broken_) break;
  }
  co_return filled;
}

Result<> Connection::put(Bytes bytes) {
  if (broken_) return broken();
  if (!tls_) {
    append(plain_outgoing_, bytes);
  } else if (tls_->write(bytes) != TlsStep::done) {
    broken_ = true;
    return broken();
  }
  return {};
}

Task<> Connection::flush() {
  std::size_t sent = 0;
  while (sent < outgoing().size() && !broken_) {
    const Bytes rest = Bytes(outgoing()).subspan(sent);
    error_code error;
    const std::size_t bytes =
        socket_.write_some(boost::asio::buffer(rest.data(), rest.size()), error);
    sent += bytes;
    untaken_ += bytes;
    if (would_block(error)) {
      const Result<> ready = co_await wait_for_reader();
      broken_ = broken_ || !ready;
    } else if (error) {
      broken_ = true;
    }
  }
  outgoing().clear();
  metrics_.sent_bytes.add(sent);
  if (broken_) co_return broken();
  co_return Result<>();
}

// Waits until the socket takes more. It takes nothing for long where the client is slow and the
// kernel's buffer large, so what counts is what the client took out of that.
Task<> Connection::wait_for_reader() {
  const Duration begun = clock_.running();
  const Result<> ready = co_await wait(tcp::socket::wait_write, begun + limits::rate_time);
  const std::uint64_t left = std::min(unread_by_client(), untaken_);
  const std::uint64_t taken = untaken_ - left;
  untaken_ = left;
  if (broken_ || !rate_.keeps(clock_.running() - begun, taken)) co_return broken();
  co_return Result<>();
}

std::uint64_t Connection::unread_by_client() {
  int bytes = 0;
  return ioctl(socket_.native_handle(), SIOCOUTQ, &bytes) == 0 ? static_cast<std::uint64_t>(bytes)
                                                               : 0;
}

// Returns as much as is there, at least one byte; 0 where the client has closed.
Task<std::size_t> Connection::read_some(MutableBytes out, Duration end) {
  std::size_t filled = 0;
  while (!broken_) {
    std::size_t bytes = 0;
    TlsStep step = TlsStep::done;
    if (tls_) {
      step = tls_->read(out.subspan(filled), bytes);
    } else {
      error_code error;
      bytes = socket_.read_some(boost::asio::buffer(out.data(), out.size()), error);
      if (error == boost::asio::error::eof)
        step = TlsStep::closed;
      else if (would_block(error))
        step = TlsStep::want_read;
      else if (error)
        step = TlsStep::failed;
    }
    if (step == TlsStep::done) filled += bytes;
    // A TLS record at a time: go on while there are more.
    if (step == TlsStep::done && tls_ && filled < out.size()) continue;
    if (filled > 0 || step == TlsStep::closed) {
      metrics_.received_bytes.add(filled);
      co_return filled;
    }
    if (step != TlsStep::want_read) break;
    const Result<> sent = co_await flush();  // TLS 1.3 may answer a message of its own
    if (!sent) co_return pass(sent);
    const Result<> ready = co_await wait(tcp::socket::wait_read, end);
    broken_ = broken_ || !ready;
    if (!ready) co_return pass(ready);
  }
  broken_ = true;
  co_return broken();
}

Task<> Connection::wait(boost::asio::socket_base::wait_type what, Duration end) {
  deadline_.store(end.count());
  error_code error;
  co_await socket_.async_wait(what, boost::asio::redirect_error(boost::asio::use_awaitable, error));
  deadline_.store(no_deadline);
  if (!error) co_return Result<>();
  co_return fail(ErrorCode::unavailable, "nothing moved in time");
}

// Lets the other connections of this thread have their turn: a client that sends its requests in a
// pipeline must not keep it.
Task<> Connection::give_way() {
  co_await boost::asio::post(strand_, boost::asio::use_awaitable);
  co_return Result<>();
}

Task<> Connection::close_gently() {
  if (tls_ && !broken_) {
    tls_->say_goodbye();
    const Result<> sent = co_await flush();
    broken_ = broken_ || !sent;
  }
  error_code error;
  socket_.shutdown(tcp::socket::shutdown_send, error);
  const Duration end = after(limits::linger_time_max);
  received_.resize(receive_bytes * 4);
  while (!error && !broken_ && clock_.running() < end) {
    socket_.read_some(boost::asio::buffer(received_.data(), received_.size()), error);
    if (!would_block(error)) continue;
    error.clear();
    const Result<> ready = co_await wait(tcp::socket::wait_read, end);
    broken_ = broken_ || !ready;
  }
  received_.clear();
  consumed_ = 0;
  socket_.close(error);
  co_return Result<>();
}

void Connection::abort() {
  broken_ = true;
  error_code ignored;
  socket_.set_option(boost::asio::socket_base::linger(true, 0), ignored);
  socket_.close(ignored);
}

void Connection::expire(Duration now) {
  if (deadline_.load() >= now.count()) return;
  boost::asio::post(strand_, [self = shared_from_this(), now] {
    error_code ignored;
    if (self->deadline_.load() < now.count()) self->socket_.cancel(ignored);
  });
}

void Connection::close_if_idle() {
  boost::asio::post(strand_, [self = shared_from_this()] {
    error_code ignored;
    if (self->idle_) self->socket_.cancel(ignored);
  });
}

void Connection::close_now() {
  boost::asio::post(strand_, [self = shared_from_this()] {
    self->broken_ = true;
    error_code ignored;
    self->socket_.cancel(ignored);
  });
}

void Connection::release_memory() {
  // Heads hold cookies, bodies passwords.
  wipe(received_);
  Buffer().swap(received_);
  consumed_ = 0;
  if (!tls_) wipe(plain_outgoing_);
  Buffer().swap(outgoing());
}

}  // namespace couvert
