#include "http/connections.h"

#include <algorithm>

#include "base/limits.h"

namespace couvert {

Connections::Connections(std::size_t connections_max)
    : max_(connections_max),
      per_network_max_(std::min(limits::connections_per_network_max,
                                std::max<std::size_t>(connections_max / 4, 1))) {}

Admission Connections::add(const std::shared_ptr<Connection>& connection, bool from_proxy) {
  const std::lock_guard lock(mutex_);
  if (connections_.size() >= max_) return Admission::server_full;
  if (!from_proxy) {
    const std::string network = connection->peer().network();
    std::size_t& count = by_network_[network];
    if (count >= per_network_max_) return Admission::network_full;
    ++count;
    counted_.emplace(connection.get(), network);
  }
  connections_.emplace(connection.get(), connection);
  return Admission::taken;
}

void Connections::remove(Connection* connection) {
  const std::lock_guard lock(mutex_);
  connections_.erase(connection);
  const auto counted = counted_.find(connection);
  if (counted == counted_.end()) return;
  const auto network = by_network_.find(counted->second);
  if (--network->second == 0) by_network_.erase(network);
  counted_.erase(counted);
}

std::size_t Connections::count() const {
  const std::lock_guard lock(mutex_);
  return connections_.size();
}

std::vector<std::shared_ptr<Connection>> Connections::all() const {
  std::vector<std::shared_ptr<Connection>> found;
  const std::lock_guard lock(mutex_);
  found.reserve(connections_.size());
  for (const auto& [key, connection] : connections_) {
    if (auto living = connection.lock()) found.push_back(std::move(living));
  }
  return found;
}

void Connections::expire(Duration now) {
  for (const auto& connection : all()) connection->expire(now);
}

void Connections::close_idle() {
  for (const auto& connection : all()) connection->close_if_idle();
}

void Connections::close_all() {
  for (const auto& connection : all()) connection->close_now();
}

}  // namespace couvert
