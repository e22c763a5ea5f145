// The connections that there are: counted in all and for each network, and given up in time.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>

#include "http/connection.h"

namespace couvert {

/// Threads: any.
class Connections {
 public:
  /// Takes one in; false where there are too many. A proxy's network is not counted.
  bool add(const std::shared_ptr<Connection>& connection, bool from_proxy);
  void remove(Connection* connection);

  std::size_t count() const;

  /// Gives up those whose deadline is past.
  void expire(Duration now);
  void close_idle();
  void close_all();

 private:
  std::vector<std::shared_ptr<Connection>> all() const;

  mutable std::mutex mutex_;
  std::unordered_map<Connection*, std::weak_ptr<Connection>> connections_;
  std::map<std::string, std::size_t> by_network_;
  std::map<Connection*, std::string> counted_;
};

}  // namespace couvert
