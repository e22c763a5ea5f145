// The connections that there are: counted in all and for each network, and given up in time.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>

#include "http/connection.h"

namespace couvert {

/// What came of a new connection.
enum class Admission { taken, server_full, network_full };

/// Threads: any.
class Connections {
 public:
  /// One network gets at most a quarter, and limits::connections_per_network_max.
  explicit Connections(std::size_t connections_max);

  /// Takes one in, unless there are too many. A proxy's network is not counted.
  Admission add(const std::shared_ptr<Connection>& connection, bool from_proxy);
  void remove(Connection* connection);

  std::size_t count() const;

  /// Gives up those whose deadline is past.
  void expire(Duration now);
  void close_idle();
  void close_all();

 private:
  std::vector<std::shared_ptr<Connection>> all() const;

  const std::size_t max_;
  const std::size_t per_network_max_;
  mutable std::mutex mutex_;
  std::unordered_map<Connection*, std::weak_ptr<Connection>> connections_;
  std::map<std::string, std::size_t> by_network_;
  std::map<Connection*, std::string> counted_;
};

}  // namespace couvert
