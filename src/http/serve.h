// What happens on one connection: request after request, each through head, route, caller, body,
// handler, answer, and one line in the log.
#pragma once

#include <atomic>
#include <memory>
#include <vector>

#include "http/connections.h"
#include "http/router.h"
#include "http/server.h"
#include "http/shares.h"
#include "http/turns.h"

namespace couvert {

/// What serving needs. Lifetime: outlives the io_context, and with it every connection.
struct ServeParts {
  HttpParts parts;
  const HttpConfig& config;
  const Router& router;
  const Handler& fallback;
  const std::vector<IpNetwork>& proxies;
  TlsContext* tls;  // null: plain
  Workers& pool;
  Turns& turns;  // into the pool
  Workers& argon;
  Connections& connections;
  Shares& large_bodies;  // JSON over limits::small_json_bytes_max
  std::atomic<bool>& stopping;
};

/// Serves until the connection ends. Errors: none that anybody has to act on.
Task<> serve(std::shared_ptr<Connection> connection, ServeParts& server);

}  // namespace couvert
