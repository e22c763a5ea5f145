// What happens on one connection: request after request, each through head, route, caller, body,
// handler, answer, and one line in the log.
#pragma once

#include <atomic>
#include <memory>
#include <vector>

#include "http/connections.h"
#include "http/router.h"
#include "http/server.h"
#include "http/workers.h"

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
  Workers& argon;
  Connections& connections;
  std::atomic<bool>& stopping;
};

/// Serves until the connection ends. Errors: none that anybody has to act on.
Task<> serve(std::shared_ptr<Connection> connection, ServeParts& server);

}  // namespace couvert
