#include "http/workers.h"

#include <sys/resource.h>
#include <unistd.h>

namespace couvert {
namespace {

// A fifth of an ordinary thread's weight: a download keeps nine tenths, a password gets its turn.
constexpr int low_nice = 7;

}  // namespace

Workers::Workers(const WorkersConfig& config) : config_(config) {
  for (unsigned i = 0; i < config_.threads; ++i) threads_.emplace_back([this] { run(); });
}

Workers::~Workers() {
  stop();
}

bool Workers::post(std::function<void()> work) {
  {
    const std::lock_guard lock(mutex_);
    if (stopped_ || waiting_.size() >= config_.waiting_max) {
      ++refused_;
      return false;
    }
    waiting_.push_back(std::move(work));
  }
  changed_.notify_one();
  return true;
}

WorkersFigures Workers::figures() const {
  const std::lock_guard lock(mutex_);
  return {waiting_.size(), running_, refused_};
}

void Workers::stop() {
  std::deque<std::function<void()>> dropped;
  {
    const std::lock_guard lock(mutex_);
    stopped_ = true;
    dropped.swap(waiting_);
  }
  changed_.notify_all();
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
}

void Workers::run() {
  if (config_.priority == Priority::low) {
    setpriority(PRIO_PROCESS, static_cast<id_t>(gettid()),
                low_nice);  // of this thread; best effort
  }
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(lock, [this] { return stopped_ || !waiting_.empty(); });
    if (waiting_.empty()) return;
    std::function<void()> work = std::move(waiting_.front());
    waiting_.pop_front();
    ++running_;
    lock.unlock();
    work();
    work = nullptr;  // what it holds goes before the lock is taken again
    lock.lock();
    --running_;
  }
}

}  // namespace couvert
