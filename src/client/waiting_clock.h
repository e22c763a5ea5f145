// A clock for tests that moves when somebody waits for it.
#pragma once

#include <vector>

#include "base/clock.h"
#include "client/patience.h"

namespace couvert {

class WaitingClock final : public Clock {
 public:
  class NotedPatience final : public Patience {
   public:
    explicit NotedPatience(Duration& time) : time_(time) {}
    bool stopped() override { return is_stopped; }
    void wait(Duration pause) override {
      pauses.push_back(pause);
      time_ += pause;
    }

    bool is_stopped = false;
    std::vector<Duration> pauses;

   private:
    Duration& time_;
  };

  Instant now() const override { return Instant(time); }
  Duration running() const override { return time; }

  Duration time{1'000'000};
  NotedPatience patience{time};
};

}  // namespace couvert
