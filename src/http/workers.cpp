#include "http/workers.h"

#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>

#include "base/result.h"

namespace couvert {
namespace {

// A fifth of an ordinary thread's weight: a password gets its turn on a machine that is busy.
constexpr int low_nice = 7;
// Next to nothing: a crowd that tries passwords slows no download.
constexpr int lowest_nice = 19;
constexpr std::size_t crowd = 8;  // that wait
constexpr int rest_factor = 4;    // of what it ran, while others work

// What this thread has had of the processor.
std::chrono::nanoseconds used() {
  timespec time{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
}

// Of this thread, never more than the process was given; best effort.
void set_nice(int nice) {
  const int least = std::max(nice, getpriority(PRIO_PROCESS, 0));
  setpriority(PRIO_PROCESS, static_cast<id_t>(gettid()), least);
}

}  // namespace

Workers::Workers(const WorkersConfig& config) : config_(config) {
  for (unsigned i = 0; i < config_.threads; ++i) {
    threads_.emplace_back([this] { run(Takes::few); });
    // A thread cannot take its own niceness back, so that there are two of each.
    if (config_.priority == Priority::low) threads_.emplace_back([this] { run(Takes::crowd); });
  }
}

Workers::~Workers() {
  stop();
}

// A place, as long as somebody holds it.
struct Workers::Kept {
  Workers& workers;
  const std::string network;
  Kept(Workers& w, std::string n) : workers(w), network(std::move(n)) {}
  ~Kept() { workers.give_back(network); }
  Kept(const Kept&) = delete;
  Kept& operator=(const Kept&) = delete;
};

Workers::Place Workers::reserve(const std::string& network) {
  const std::size_t share = std::max<std::size_t>(config_.waiting_max / 4, 1);
  {
    const std::lock_guard lock(mutex_);
    if (stopped_ || kept_ >= config_.waiting_max) {
      ++refused_;
      return nullptr;
    }
    std::size_t& of_network = kept_of_[network];
    if (of_network >= share) {
      ++refused_;
      return nullptr;
    }
    ++of_network;
    ++kept_;
  }
  return std::make_shared<Kept>(*this, network);
}

void Workers::give_back(const std::string& network) {
  const std::lock_guard lock(mutex_);
  --kept_;
  const auto found = kept_of_.find(network);
  INVARIANT(found != kept_of_.end());
  if (--found->second == 0) kept_of_.erase(found);
}

bool Workers::post(std::function<void()> work, Place place) {
  {
    const std::lock_guard lock(mutex_);
    if (stopped_ || (!place && kept_ >= config_.waiting_max)) {
      ++refused_;
      return false;
    }
    if (!place) ++kept_;
    waiting_.push_back({std::move(work), std::move(place)});
  }
  wake();
  return true;
}

WorkersFigures Workers::figures() const {
  const std::lock_guard lock(mutex_);
  return {waiting_.size(), running_, refused_};
}

void Workers::stop() {
  std::deque<Waiting> dropped;
  {
    const std::lock_guard lock(mutex_);
    stopped_ = true;
    dropped.swap(waiting_);
  }
  changed_.notify_all();
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
}

void Workers::wake() {
  if (config_.priority == Priority::low) {
    changed_.notify_all();  // not each may take what waits
  } else {
    changed_.notify_one();
  }
}

bool Workers::may_take(Takes which) const {
  if (waiting_.empty() || running_ == config_.threads) return false;
  if (config_.priority == Priority::normal) return true;
  return (waiting_.size() > crowd) == (which == Takes::crowd);
}

void Workers::run(Takes which) {
  if (config_.priority == Priority::low) set_nice(which == Takes::crowd ? lowest_nice : low_nice);
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(lock, [&] { return stopped_ || may_take(which); });
    if (stopped_) return;
    Waiting next = std::move(waiting_.front());
    waiting_.pop_front();
    if (!next.place) --kept_;
    ++running_;
    lock.unlock();
    next.place = nullptr;
    const std::chrono::nanoseconds before = used();
    next.work();
    next.work = nullptr;  // what it holds goes before the lock is taken again
    lock.lock();
    --running_;
    if (config_.priority == Priority::low) changed_.notify_all();  // it may be the others' turn
    if (which == Takes::crowd) rest(lock, used() - before);
  }
}

// However nice a thread is, it takes caches and memory from those that move files.
void Workers::rest(std::unique_lock<std::mutex>& lock, std::chrono::nanoseconds ran) {
  const Workers* others = config_.gives_way_to;
  if (others == nullptr || others->figures().running == 0) return;
  changed_.wait_for(lock, rest_factor * ran, [&] { return stopped_; });
}

}  // namespace couvert
