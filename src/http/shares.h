// A bounded number of something, of which each network may hold a part at most.
#pragma once

#include <cstddef>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

namespace couvert {

/// Threads: any.
class Shares {
 public:
  Shares(std::size_t all_max, std::size_t network_max)
      : all_max_(all_max), network_max_(network_max) {}

  /// One of them; given back when it goes. Lifetime: the Shares outlive it.
  class Share {
   public:
    Share(Shares& shares, std::string network) : shares_(&shares), network_(std::move(network)) {}
    Share(Share&& other) noexcept
        : shares_(std::exchange(other.shares_, nullptr)), network_(std::move(other.network_)) {}
    Share& operator=(Share&&) = delete;
    ~Share() {
      if (shares_ != nullptr) shares_->give_back(network_);
    }

   private:
    Shares* shares_;
    std::string network_;
  };

  /// Nothing where there is none left, or none for this network.
  std::optional<Share> take(const std::string& network);

 private:
  void give_back(const std::string& network);

  const std::size_t all_max_;
  const std::size_t network_max_;
  std::mutex mutex_;
  std::size_t taken_ = 0;
  std::map<std::string, std::size_t> by_network_;
};

}  // namespace couvert
