#include "http/server.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <charconv>
#include <thread>

#include "base/limits.h"
#include "http/serve.h"

namespace couvert {
namespace {

using boost::asio::ip::tcp;
using boost::system::error_code;
using namespace std::chrono_literals;

constexpr auto tick = 500ms;  // how exactly deadlines are kept

Result<tcp::endpoint> parse_endpoint(const std::string& text) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string::npos) return fail(ErrorCode::invalid, "listen: ADDRESS:PORT");
  std::string host = text.substr(0, colon);
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  error_code error;
  const auto address = boost::asio::ip::make_address(host, error);
  std::uint16_t port = 0;
  const char* end = text.data() + text.size();
  const auto [rest, number_error] = std::from_chars(text.data() + colon + 1, end, port);
  if (error || number_error != std::errc() || rest != end) {
    return fail(ErrorCode::invalid, "listen: ADDRESS:PORT with a numeric address, not " + text);
  }
  return tcp::endpoint(address, port);
}

unsigned or_cores(unsigned configured, unsigned fewer) {
  if (configured > 0) return configured;
  const unsigned cores = std::max(1U, std::thread::hardware_concurrency());
  return cores > fewer ? cores - fewer : 1;
}

IpAddress address_of(const tcp::endpoint& endpoint) {
  const auto parsed = parse_ip(endpoint.address().to_string());
  return parsed ? *parsed : IpAddress();
}

}  // namespace

struct HttpServer::State {
  State(const HttpParts& p, HttpConfig c, Router r, Handler f)
      : parts(p),
        config(std::move(c)),
        router(std::move(r)),
        fallback(std::move(f)),
        pool({config.pool_threads, limits::pool_waiting_max, Priority::normal}),
        argon(
            {or_cores(config.argon2_threads, 1), limits::argon2_waiting_max, Priority::low, &pool}),
        turns(pool, {config.pool_threads, limits::requests_waiting_max}),
        connections(config.connections_max) {}

  Result<> prepare();
  Result<> listen();
  void run();
  Task<> accept_all();
  Task<> keep_deadlines();
  void take(tcp::socket socket);
  void guarded(const std::function<void()>& work);

  const HttpParts parts;
  const HttpConfig config;
  const Router router;
  const Handler fallback;
  std::vector<IpNetwork> proxies;
  std::unique_ptr<TlsContext> tls;
  std::atomic<bool> stopping{false};
  Workers pool;
  Workers argon;
  Turns turns;
  Connections connections;
  Shares large_bodies{limits::large_bodies_max, limits::large_bodies_per_network_max};
  std::optional<ServeParts> serve_parts;
  // Destroyed first, and with it every coroutine that still waits.
  std::optional<boost::asio::io_context> io;
  std::optional<tcp::acceptor> acceptor;
  std::uint16_t port = 0;
  std::vector<std::thread> threads;
};

Result<> HttpServer::State::prepare() {
  for (const std::string& text : config.proxies) {
    const Result<IpNetwork> network = parse_network(text);
    if (!network) return fail(ErrorCode::invalid, "proxies: no network: " + text);
    proxies.push_back(*network);
  }
  if (config.tls) {
    Result<std::unique_ptr<TlsContext>> opened = TlsContext::open(*config.tls, parts);
    if (!opened) return pass(opened);
    tls = std::move(*opened);
  }
  serve_parts.emplace(ServeParts{parts, config, router, fallback, proxies, tls.get(), pool, turns,
                                 argon, connections, large_bodies, stopping});
  return listen();
}

Result<> HttpServer::State::listen() {
  const Result<tcp::endpoint> endpoint = parse_endpoint(config.listen);
  if (!endpoint) return pass(endpoint);
  io.emplace(static_cast<int>(or_cores(config.io_threads, 0)));
  acceptor.emplace(*io);
  error_code error;
  acceptor->open(endpoint->protocol(), error);
  if (!error) acceptor->set_option(tcp::acceptor::reuse_address(true), error);
  if (!error) acceptor->bind(*endpoint, error);
  if (!error) acceptor->listen(1024, error);
  if (error == boost::asio::error::address_in_use) {
    return fail(ErrorCode::conflict, "listen: " + config.listen + " is taken");
  }
  if (error) return fail(ErrorCode::unavailable, "listen: " + error.message());
  port = acceptor->local_endpoint(error).port();
  return {};
}

void HttpServer::State::take(tcp::socket socket) {
  error_code error;
  const tcp::endpoint peer = socket.remote_endpoint(error);
  if (error) return;
  const int handle = socket.release(error);
  if (error) return;
  Connection::Socket owned(boost::asio::make_strand(*io), peer.protocol(), handle);
  const ConnectionParts needs{parts.clock, parts.metrics};
  auto connection = std::make_shared<Connection>(std::move(owned), needs, address_of(peer));
  const bool from_proxy = std::ranges::any_of(
      proxies, [&](const IpNetwork& proxy) { return proxy.contains(connection->peer()); });
  switch (connections.add(connection, from_proxy)) {  // one too many is closed at once
    case Admission::taken:
      parts.metrics.connections_accepted.add();
      break;
    case Admission::server_full:
      parts.metrics.connections_refused_full.add();
      return;
    case Admission::network_full:
      parts.metrics.connections_refused_network.add();
      return;
  }
  const Strand strand = connection->strand();
  boost::asio::co_spawn(strand, serve(std::move(connection), *serve_parts), boost::asio::detached);
}

// For the two loops that must never end: where memory runs out, they go on with the next one.
void HttpServer::State::guarded(const std::function<void()>& work) {
  try {
    work();
  } catch (const std::exception& error) {
    parts.log.failure("connection failed", Error(ErrorCode::unavailable, error.what()));
  }
}

Task<> HttpServer::State::accept_all() {
  boost::asio::steady_timer pause(*io);
  while (!stopping) {
    error_code error;
    tcp::socket socket(*io);
    co_await acceptor->async_accept(socket,
                                    boost::asio::redirect_error(boost::asio::use_awaitable, error));
    if (!error) {
      guarded([&] { take(std::move(socket)); });
    } else if (!stopping) {
      // Out of file descriptors or memory: wait for some to come back.
      parts.metrics.accept_errors.add();
      pause.expires_after(100ms);
      co_await pause.async_wait(boost::asio::redirect_error(boost::asio::use_awaitable, error));
    }
  }
  co_return Result<>();
}

Task<> HttpServer::State::keep_deadlines() {
  boost::asio::steady_timer pause(*io);
  while (true) {
    error_code error;
    pause.expires_after(tick);
    co_await pause.async_wait(boost::asio::redirect_error(boost::asio::use_awaitable, error));
    guarded([this] { connections.expire(parts.clock.running()); });
  }
}

void HttpServer::State::run() {
  while (true) {
    try {
      io->run();
      return;
    } catch (const std::exception& error) {
      // Memory ran out outside of a request: that connection is gone, the others go on.
      parts.log.failure("connection failed", Error(ErrorCode::unavailable, error.what()));
    }
  }
}

HttpServer::HttpServer(std::unique_ptr<State> state) : state_(std::move(state)) {}

HttpServer::~HttpServer() {
  stop();
}

Result<std::unique_ptr<HttpServer>> HttpServer::start(const HttpParts& parts, HttpConfig config,
                                                      std::vector<Route> routes, Handler fallback) {
  Result<Router> router = Router::make(std::move(routes));
  if (!router) return pass(router);
  auto state =
      std::make_unique<State>(parts, std::move(config), std::move(*router), std::move(fallback));
  const Result<> prepared = state->prepare();
  if (!prepared) return pass(prepared);
  boost::asio::co_spawn(*state->io, state->accept_all(), boost::asio::detached);
  boost::asio::co_spawn(*state->io, state->keep_deadlines(), boost::asio::detached);
  const unsigned threads = or_cores(state->config.io_threads, 0);
  for (unsigned i = 0; i < threads; ++i) {
    state->threads.emplace_back([raw = state.get()] { raw->run(); });
  }
  return std::unique_ptr<HttpServer>(new HttpServer(std::move(state)));
}

std::uint16_t HttpServer::port() const {
  return state_->port;
}

HttpFigures HttpServer::figures() const {
  return {state_->connections.count(), state_->config.connections_max, state_->turns.figures(),
          state_->pool.figures(), state_->argon.figures()};
}

Result<> HttpServer::reload_tls() {
  return state_->tls ? state_->tls->reload() : Result<>();
}

void HttpServer::stop(const std::function<bool()>& hurry) {
  State& state = *state_;
  if (state.stopping.exchange(true)) return;
  boost::asio::post(*state.io, [&state] {
    error_code ignored;
    state.acceptor->close(ignored);
  });
  state.connections.close_idle();
  const Duration end = state.parts.clock.running() + limits::stop_time_max;
  while (state.connections.count() > 0 && state.parts.clock.running() < end) {
    if (hurry && hurry()) break;
    state.connections.close_idle();
    std::this_thread::sleep_for(20ms);
  }
  // Uploads that are still running hear of a broken line and park what they have.
  state.connections.close_all();
  const Duration last = state.parts.clock.running() + limits::linger_time_max;
  while (state.connections.count() > 0 && state.parts.clock.running() < last) {
    std::this_thread::sleep_for(20ms);
  }
  state.turns.stop();
  state.pool.stop();
  state.argon.stop();
  state.io->stop();
  for (std::thread& thread : state.threads) thread.join();
  state.threads.clear();
}

}  // namespace couvert
