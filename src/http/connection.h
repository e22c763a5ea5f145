// One connection, plain or TLS: reads, writes, and gives up when its time is over.
//
// Memory:  an idle connection holds no buffer of ours; while a request runs, what was received of
//          its head and what waits to be sent.
// Threads: everything on the connection's strand, but for what says otherwise.
#pragma once

#include <atomic>
#include <boost/asio/ip/tcp.hpp>
#include <memory>
#include <optional>
#include <string_view>

#include "base/clock.h"
#include "base/metrics.h"
#include "domain/network.h"
#include "http/least_rate.h"
#include "http/task.h"
#include "http/tls.h"

namespace couvert {

/// How far a connection got without waiting: as far as it was asked to; to where it has to wait for
/// the other side; to where that has closed, or the line is broken.
enum class LineStep { done, waits, closed, broken };

/// What a connection works with. Lifetime: outlives it.
struct ConnectionParts {
  const Clock& clock;
  Metrics& metrics;
};

class Connection : public std::enable_shared_from_this<Connection> {
 public:
  using Socket = boost::asio::basic_stream_socket<boost::asio::ip::tcp, Strand>;

  Connection(Socket socket, const ConnectionParts& parts, const IpAddress& peer);
  ~Connection();

  /// Makes it a TLS connection. Errors: `unavailable` where the client does not get there in time.
  Task<> handshake(TlsContext& context);

  /// Waits for the next request's first byte. Errors: `unavailable` once nobody will send one.
  Task<> wait_for_request();

  /// What was received and not consumed.
  std::string_view received() const;
  void consume(std::size_t bytes);
  /// Receives at least one more byte, until `end` at the latest. Errors: `unavailable`, also where
  /// the client has closed.
  Task<> receive_more(Duration end);

  /// Fills `out` with bytes of a body. Returns how many there are: fewer only where the line broke
  /// or the client is slower than limits::rate_bytes_min in limits::rate_time.
  Task<std::size_t> read_body(MutableBytes out);

  /// Encrypts `bytes` where it is TLS, and keeps them until they are sent. Errors: `unavailable`.
  Result<> put(Bytes bytes);
  /// Sends everything that was put. Errors: `unavailable` where the line is broken, or the client
  /// takes less than limits::rate_bytes_min in limits::rate_time.
  Task<> flush();

  /// Until somebody waits for it again, what the line brings wakes no io thread: for who then calls
  /// the three below off the strand. Threads: on the strand.
  void leave_io();

  /// The same without waiting, for who moves much: the first fills `out` from `filled` on, the
  /// second sends what was put. Threads: these two and put() also off the strand, one at a time,
  /// while nothing else is asked of the connection but what any thread may.
  LineStep read_ready(MutableBytes out, std::size_t& filled);
  LineStep send_ready();
  /// Blocks for a millisecond at most until there is more to read (`in`), or room to send (`out`):
  /// whether there is. Threads: as the two above.
  enum class Way { in, out };
  bool wait_briefly(Way way);
  /// Waits until there is more to read, or room to send. Errors: `unavailable`, also where the
  /// client moves less than limits::rate_bytes_min in limits::rate_time.
  Task<> wait_for_sender();
  Task<> wait_for_reader();

  /// Waits for so long, or until close_if_idle(). False once the other side sent something or is
  /// gone. Errors: none.
  Task<bool> pause(Duration time);

  /// Ends what was sent, then reads on for a moment, so that a client that is still sending can
  /// read the answer before it hears of the end.
  Task<> close_gently();
  /// Ends it so that the other side cannot take what it has for the whole.
  void abort();

  const IpAddress& peer() const { return peer_; }
  const Strand& strand() const { return strand_; }

  /// Gives up if its deadline is before `now`. Threads: any.
  void expire(Duration now);
  /// Ends it if it waits for a request. Threads: any.
  void close_if_idle();
  /// Ends it, whatever it does. Threads: any.
  void close_now();

 private:
  LineStep read_some(MutableBytes out, std::size_t& filled);
  TlsStep read_once(MutableBytes out, std::size_t& bytes);
  Task<> wait(boost::asio::socket_base::wait_type what, Duration end);
  Task<> give_way();
  void return_to_io();
  std::uint64_t queued(unsigned long request);
  Duration after(Duration time) const { return clock_.running() + time; }
  Buffer& outgoing() { return tls_ ? tls_->outgoing() : plain_outgoing_; }
  void release_memory();

  const Clock& clock_;
  Metrics& metrics_;
  const IpAddress peer_;
  Socket socket_;
  const int handle_;  // of socket_, also while that has left io
  boost::asio::ip::tcp protocol_ = boost::asio::ip::tcp::v4();
  bool away_ = false;  // left io
  const Strand strand_;
  std::optional<TlsSession> tls_;
  Buffer received_;
  std::size_t consumed_ = 0;
  Buffer plain_outgoing_;
  LeastRate rate_;
  std::uint64_t untaken_ = 0;  // given to the kernel; when last looked, not taken by the client
  bool idle_ = false;
  std::size_t sent_ = 0;  // of outgoing()
  std::atomic<bool> broken_ = false;
  std::atomic<Duration::rep> deadline_;  // of clock_.running(); the largest value for none
};

}  // namespace couvert
