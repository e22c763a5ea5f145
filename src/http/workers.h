// Threads for work that blocks or takes long, with a bounded queue.
//
// Two groups: `pool` for database, disk and sealing, and `argon` for password runs, whose threads
// get little of the processor while others want it, and never nothing (docs/decisions/0033).
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace couvert {

/// `low`: less of the processor than others who want it, and next to nothing while a crowd waits.
enum class Priority { normal, low };

struct WorkersConfig {
  unsigned threads = 1;
  std::size_t waiting_max = 0;
  Priority priority = Priority::normal;
  /// Of low priority: while that group works, a crowd's work rests four times as long as it ran.
  /// Lifetime: beyond this group's.
  const class Workers* gives_way_to = nullptr;
};

/// How much a group has to do.
struct WorkersFigures {
  std::size_t waiting = 0;
  std::size_t running = 0;
  std::uint64_t refused = 0;  // since the start
};

/// Threads: any may reserve and post; stop() and the destructor belong to the owner.
class Workers {
 public:
  /// Room in the queue for one piece of work; given back where it goes unused. Lifetime: within
  /// that of the Workers.
  using Place = std::shared_ptr<void>;

  explicit Workers(const WorkersConfig& config);
  ~Workers();
  Workers(const Workers&) = delete;
  Workers& operator=(const Workers&) = delete;

  /// Keeps a place; none where the queue is full or stopped, or a quarter of it is this network's.
  Place reserve(const std::string& network);

  /// Takes work to be run by the next free thread, in the place that was kept for it, if one was;
  /// false where the queue is full or stopped. `work` must not throw.
  bool post(std::function<void()> work, Place place = nullptr);

  WorkersFigures figures() const;
  /// Nothing waits for a thread.
  bool is_idle() const { return figures().waiting == 0; }

  /// Ends the threads once each is done with what it runs; drops what waits.
  void stop();

 private:
  struct Kept;
  struct Waiting {
    std::function<void()> work;
    Place place;
  };

  void give_back(const std::string& network);
  enum class Takes { few, crowd };  // when a thread of low priority works: how many wait

  void wake();
  bool may_take(Takes which) const;
  void run(Takes which);
  void rest(std::unique_lock<std::mutex>& lock, std::chrono::nanoseconds ran);

  const WorkersConfig config_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Waiting> waiting_;
  std::size_t kept_ = 0;  // places: of what waits, and of what is still to come
  std::map<std::string, std::size_t> kept_of_;  // by network, of those that were reserved
  std::size_t running_ = 0;
  std::uint64_t refused_ = 0;
  bool stopped_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace couvert
