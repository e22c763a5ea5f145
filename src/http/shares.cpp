#include "http/shares.h"

namespace couvert {

std::optional<Shares::Share> Shares::take(const std::string& network) {
  const std::lock_guard lock(mutex_);
  if (taken_ >= all_max_) return std::nullopt;
  const auto held = by_network_.try_emplace(network, 0).first;
  if (held->second >= network_max_) return std::nullopt;
  ++held->second;
  ++taken_;
  return std::optional<Share>(std::in_place, *this, network);
}

void Shares::give_back(const std::string& network) {
  const std::lock_guard lock(mutex_);
  --taken_;
  const auto held = by_network_.find(network);
  if (--held->second == 0) by_network_.erase(held);
}

}  // namespace couvert
