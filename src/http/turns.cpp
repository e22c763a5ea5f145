#include "http/turns.h"

#include <algorithm>

namespace couvert {

bool Turns::begin(const std::string& network, std::function<void()> work) {
  {
    const std::lock_guard lock(mutex_);
    if (stopped_) return false;
    if (running_ >= config_.running_max) {
      const std::size_t share = std::max<std::size_t>(config_.waiting_max / 4, 1);
      const auto known = queues_.find(network);
      const std::size_t waits = known == queues_.end() ? 0 : known->second.size();
      if (waiting_ >= config_.waiting_max || waits >= share) {
        ++refused_;
        return false;
      }
      if (waits == 0) order_.push_back(network);
      queues_[network].push_back(std::move(work));
      ++waiting_;
      return true;
    }
    ++running_;
  }
  return hand_over(std::move(work));
}

WorkersFigures Turns::figures() const {
  const std::lock_guard lock(mutex_);
  return {waiting_, running_, refused_};
}

void Turns::stop() {
  std::map<std::string, Queue> dropped;
  const std::lock_guard lock(mutex_);
  stopped_ = true;
  waiting_ = 0;
  order_.clear();
  dropped.swap(queues_);
}

bool Turns::hand_over(std::function<void()> work) {
  const bool taken = workers_.post([this, work = std::move(work)]() mutable {
    work();
    work = nullptr;  // what it holds goes before the next one runs
    next();
  });
  if (!taken) {
    const std::lock_guard lock(mutex_);
    --running_;
  }
  return taken;
}

// One is done: the next network has its turn.
void Turns::next() {
  std::function<void()> work;
  {
    const std::lock_guard lock(mutex_);
    if (order_.empty()) {
      --running_;
      return;
    }
    const auto queue = queues_.find(order_.front());
    order_.pop_front();
    work = std::move(queue->second.front());
    queue->second.pop_front();
    --waiting_;
    if (queue->second.empty()) {
      queues_.erase(queue);
    } else {
      order_.push_back(queue->first);
    }
  }
  hand_over(std::move(work));
}

}  // namespace couvert
