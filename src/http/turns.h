// Whose request is next, where more wait than can run: the networks take turns, so that a flood
// waits behind itself (docs/decisions/0063).
//
// Only so many requests at once are handed to the threads of the pool. Their own queue stays short:
// it holds the pieces of files under way, which nobody may hold up or crowd out.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <string>

#include "http/workers.h"

namespace couvert {

struct TurnsConfig {
  std::size_t running_max = 1;  // on the threads at once
  std::size_t waiting_max = 0;  // of all networks; one may have a quarter of it
};

/// Order:    stop() before the workers are stopped.
/// Lifetime: `workers` outlives it.
/// Threads:  any.
class Turns {
 public:
  Turns(Workers& workers, const TurnsConfig& config) : workers_(workers), config_(config) {}
  Turns(const Turns&) = delete;
  Turns& operator=(const Turns&) = delete;

  /// Takes a request's work, to be run when it is the network's turn; false where too much waits.
  /// `work` must not throw.
  bool begin(const std::string& network, std::function<void()> work);

  WorkersFigures figures() const;

  /// Drops what waits, and takes nothing more.
  void stop();

 private:
  using Queue = std::deque<std::function<void()>>;

  bool hand_over(std::function<void()> work);
  void next();

  Workers& workers_;
  const TurnsConfig config_;
  mutable std::mutex mutex_;
  std::size_t running_ = 0;
  std::size_t waiting_ = 0;
  std::uint64_t refused_ = 0;
  bool stopped_ = false;
  std::map<std::string, Queue> queues_;  // none is empty
  std::deque<std::string> order_;        // the networks of queues_, the next first
};

}  // namespace couvert
