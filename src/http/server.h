// The listener: takes connections, speaks HTTP/1.1 over TLS or plain, calls the routes.
//
// HTTP/2 and 3 belong to a reverse proxy in front. The admin listener is another HttpServer with
// routes, threads and connections of its own, so that it answers when the first one is full.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/limits.h"
#include "base/log.h"
#include "base/metrics.h"
#include "base/random.h"
#include "http/exchange.h"
#include "http/workers.h"

namespace couvert {

/// PEM files: the certificate with its chain, and its private key.
struct TlsFiles {
  std::string certificate;
  std::string key;
  bool wide_aes = false;  // TLS 1.3's AES-256-GCM by ipsec-mb where the processor can
};

struct HttpConfig {
  std::string base_url;                // without a slash at the end
  std::string listen = "127.0.0.1:0";  // "ADDRESS:PORT", "[V6]:PORT"; port 0 asks the kernel
  std::optional<TlsFiles> tls;         // without: plain HTTP
  std::vector<std::string> proxies;    // networks "10.0.0.0/8" whose X-Forwarded-For is believed
  std::vector<std::string> origins;    // whose pages may read answers, beside our own
  unsigned io_threads = 0;             // 0: one for each core
  unsigned pool_threads = 16;          // for database and disk
  unsigned argon2_threads = 0;         // 0: cores - 1, at least 1
  std::size_t connections_max = limits::connections_max;
};

/// What main hands in. Lifetime: all outlive the server.
struct HttpParts {
  const Clock& clock;
  Random& random;
  Log& log;
  Metrics& metrics;
};

/// What a server is doing.
struct HttpFigures {
  std::size_t connections = 0;
  std::size_t connections_max = 0;
  WorkersFigures requests;  // that wait for the pool, by turns, or are on it
  WorkersFigures pool;
  WorkersFigures argon;
};

/// Threads: any, but for the destructor.
class HttpServer {
 public:
  /// Listens and serves. `routes` is the whole table; `fallback`, if given, answers every GET and
  /// HEAD that no path of the table fits and that does not begin with /api/ (the portal), and
  /// /api/docs.
  ///
  /// Errors: `invalid` for an address, proxy, certificate or key that cannot be read, or a table
  /// with two rows for one thing; `conflict` where the port is taken; `unavailable`.
  static Result<std::unique_ptr<HttpServer>> start(const HttpParts& parts, HttpConfig config,
                                                   std::vector<Route> routes,
                                                   Handler fallback = nullptr);
  /// stop()s, if nobody did.
  ~HttpServer();
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  /// The port that it listens on.
  std::uint16_t port() const;

  HttpFigures figures() const;

  /// Reads certificate and key again, for new connections. Errors: as in start(); the old ones
  /// stay.
  Result<> reload_tls();

  /// Takes no more connections, lets running requests end (uploads park what is durable), closes
  /// what is left after limits::stop_time_max, or once `hurry`, asked again and again, says so.
  /// Blocks until then.
  void stop(const std::function<bool()>& hurry = nullptr);

 private:
  struct State;
  explicit HttpServer(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace couvert
