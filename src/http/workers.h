// Threads for work that blocks or takes long, with a bounded queue.
//
// Two groups: `pool` for database, disk and sealing, and `argon` for password runs, whose threads
// get little of the processor while others want it, and never nothing (docs/decisions/0033).
#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace couvert {

enum class Priority { normal, low };

struct WorkersConfig {
  unsigned threads = 1;
  std::size_t waiting_max = 0;
  Priority priority = Priority::normal;
};

/// How much a group has to do.
struct WorkersFigures {
  std::size_t waiting = 0;
  std::size_t running = 0;
  std::uint64_t refused = 0;  // since the start
};

/// Threads: any may post; stop() and the destructor belong to the owner.
class Workers {
 public:
  explicit Workers(const WorkersConfig& config);
  ~Workers();
  Workers(const Workers&) = delete;
  Workers& operator=(const Workers&) = delete;

  /// Takes work to be run by the next free thread; false where the queue is full or stopped.
  /// `work` must not throw.
  bool post(std::function<void()> work);

  WorkersFigures figures() const;

  /// Ends the threads once each is done with what it runs; drops what waits.
  void stop();

 private:
  void run();

  const WorkersConfig config_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::function<void()>> waiting_;
  std::size_t running_ = 0;
  std::uint64_t refused_ = 0;
  bool stopped_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace couvert
