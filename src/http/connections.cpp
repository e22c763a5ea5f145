#include "http/connections.h"

#include "base/limits.h"

namespace couvert {

bool Connections::add(const std::shared_ptr<Connection>& connection, bool from_proxy) {
  const std::lock_guard lock(mutex_);
  if (connections_.size() >= limits::connections_max) return false;
  if (!from_proxy) {
    const std::string network = connection->peer().network();
    std::size_t& count = by_network_[network];
    if (count >= limits::connections_per_network_max) return false;
    ++count;
    counted_.emplace(connection.get(), network);
  }
  connections_.emplace(connection.get(), connection);
  return true;
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
