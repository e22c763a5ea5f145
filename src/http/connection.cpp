#include "http/connection.h"

#include <linux/sockios.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cerrno>
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
      handle_(socket_.native_handle()),
      strand_(socket_.get_executor()),
      deadline_(no_deadline) {
  error_code ignored;
  socket_.non_blocking(true, ignored);
  socket_.set_option(tcp::no_delay(true), ignored);
}

Connection::~Connection() {
  release_memory();
  if (away_) ::close(handle_);
}

Task<> Connection::handshake(TlsContext& context) {
  const Result<SSL*> session = context.session();
  if (!session) co_return pass(session);
  tls_.emplace(*session, handle_);
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
  std::size_t bytes = 0;
  LineStep step = read_some(room, bytes);
  while (step == LineStep::waits) {
    const Result<> ready = co_await wait(tcp::socket::wait_read, end);
    step = ready ? read_some(room, bytes) : LineStep::broken;
  }
  received_.resize(before + bytes);
  if (bytes > 0) co_return Result<>();
  if (step == LineStep::closed) co_return fail(ErrorCode::unavailable, "the client has closed");
  broken_ = true;
  co_return broken();
}

Task<std::size_t> Connection::read_body(MutableBytes out) {
  std::size_t filled = 0;
  while (read_ready(out, filled) == LineStep::waits) {
    const Result<> ready = co_await wait_for_sender();
    if (!ready) break;
  }
  co_return filled;
}

void Connection::leave_io() {
  if (away_ || !socket_.is_open()) return;
  error_code error;
  const tcp::endpoint local = socket_.local_endpoint(error);
  if (error) return;
  protocol_ = local.protocol();
  socket_.release(error);
  away_ = !error;
}

void Connection::return_to_io() {
  if (!away_) return;
  away_ = false;
  error_code error;
  socket_.assign(protocol_, handle_, error);
  broken_ = broken_ || error;
  if (error) ::close(handle_);
  socket_.non_blocking(true, error);
}

LineStep Connection::read_ready(MutableBytes out, std::size_t& filled) {
  const std::string_view early = received().substr(0, out.size() - filled);
  std::copy_n(as_bytes(early).begin(), early.size(), out.subspan(filled).begin());
  filled += early.size();
  consume(early.size());
  while (filled < out.size()) {
    const LineStep step = read_some(out, filled);
    if (step != LineStep::done) return step;
  }
  return LineStep::done;
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
  LineStep step = send_ready();
  while (step == LineStep::waits) {
    const Result<> ready = co_await wait_for_reader();
    step = ready ? send_ready() : LineStep::broken;
  }
  if (step == LineStep::broken) co_return broken();
  co_return Result<>();
}

LineStep Connection::send_ready() {
  while (sent_ < outgoing().size() && !broken_) {
    const Bytes rest = Bytes(outgoing()).subspan(sent_);
    const ssize_t bytes = ::send(handle_, rest.data(), rest.size(), MSG_NOSIGNAL);
    if (bytes < 0 && errno == EAGAIN) return LineStep::waits;
    if (bytes < 0 && errno == EINTR) continue;
    if (bytes < 0) {
      broken_ = true;
      break;
    }
    sent_ += static_cast<std::size_t>(bytes);
    untaken_ += static_cast<std::size_t>(bytes);
  }
  metrics_.sent_bytes.add(sent_);
  sent_ = 0;
  outgoing().clear();
  return broken_ ? LineStep::broken : LineStep::done;
}

bool Connection::wait_briefly(Way way) {
  if (broken_) return false;
  pollfd line{handle_, static_cast<short>(way == Way::in ? POLLIN : POLLOUT), 0};
  return ::poll(&line, 1, 1) == 1;
}

// What came meanwhile is what counts, in whatever steps it is read.
Task<> Connection::wait_for_sender() {
  const Duration begun = clock_.running();
  const Result<> ready = co_await wait(tcp::socket::wait_read, begun + limits::rate_time);
  const std::uint64_t came = queued(FIONREAD);
  const bool keeps = rate_.keeps(clock_.running() - begun, came);
  broken_ = broken_ || !keeps || (!ready && came < limits::rate_bytes_min);
  if (broken_) co_return broken();
  co_return Result<>();
}

// Waits until the socket takes more. It takes nothing for long where the client is slow and the
// kernel's buffer large, so what counts is what the client took out of that.
Task<> Connection::wait_for_reader() {
  const Duration begun = clock_.running();
  const Result<> ready = co_await wait(tcp::socket::wait_write, begun + limits::rate_time);
  const std::uint64_t left = std::min(queued(SIOCOUTQ), untaken_);
  const std::uint64_t taken = untaken_ - left;
  untaken_ = left;
  const bool keeps = rate_.keeps(clock_.running() - begun, taken);
  broken_ = broken_ || !keeps;
  if (broken_) co_return broken();
  co_return Result<>();
}

// The bytes in one of the kernel's buffers: received and not read, or not taken by the client.
std::uint64_t Connection::queued(unsigned long request) {
  int bytes = 0;
  const int asked = ioctl(handle_, request, &bytes);
  return asked == 0 ? static_cast<std::uint64_t>(bytes) : 0;
}

// Reads what is there: done where that was something, though not all of `out`.
LineStep Connection::read_some(MutableBytes out, std::size_t& filled) {
  const std::size_t before = filled;
  TlsStep step = TlsStep::done;
  // A TLS record at a time: go on while there are more.
  while (step == TlsStep::done && filled < out.size() && !broken_) {
    std::size_t bytes = 0;
    step = read_once(out.subspan(filled), bytes);
    filled += bytes;
    if (!tls_) break;
  }
  metrics_.received_bytes.add(filled - before);
  if (filled > before) return LineStep::done;
  if (step == TlsStep::closed) return LineStep::closed;
  // TLS 1.3 may answer a message of its own.
  const bool waits = step == TlsStep::want_read && send_ready() != LineStep::broken;
  broken_ = broken_ || !waits;
  return broken_ ? LineStep::broken : LineStep::waits;
}

TlsStep Connection::read_once(MutableBytes out, std::size_t& bytes) {
  if (tls_) return tls_->read(out, bytes);
  ssize_t got = -1;
  do {
    got = ::recv(handle_, out.data(), out.size(), 0);
  } while (got < 0 && errno == EINTR);
  if (got < 0) return errno == EAGAIN ? TlsStep::want_read : TlsStep::failed;
  bytes = static_cast<std::size_t>(got);
  return got == 0 ? TlsStep::closed : TlsStep::done;
}

Task<> Connection::wait(boost::asio::socket_base::wait_type what, Duration end) {
  // close_now() may have come while a thread of the pool had the line: nobody would cancel this.
  if (broken_) co_return broken();
  return_to_io();
  deadline_.store(end.count());
  error_code error;
  co_await socket_.async_wait(what, boost::asio::redirect_error(boost::asio::use_awaitable, error));
  deadline_.store(no_deadline);
  if (!error) co_return Result<>();
  co_return fail(ErrorCode::unavailable, "nothing moved in time");
}

Task<bool> Connection::pause(Duration time) {
  idle_ = true;
  const Duration end = after(time);
  const Result<> ready = co_await wait(tcp::socket::wait_read, end);
  idle_ = false;
  co_return !ready && !broken_;
}

// Lets the other connections of this thread have their turn: a client that sends its requests in a
// pipeline must not keep it.
Task<> Connection::give_way() {
  co_await boost::asio::post(strand_, boost::asio::use_awaitable);
  co_return Result<>();
}

Task<> Connection::close_gently() {
  return_to_io();
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
  return_to_io();
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
