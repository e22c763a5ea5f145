#include "http/workers.h"

#include <doctest/doctest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <ctime>
#include <future>

using namespace couvert;

TEST_CASE("work beyond the queue's bound is refused, and taken again when there is room") {
  Workers workers({1, 2, Priority::low});
  std::promise<void> gate;
  std::shared_future<void> open(gate.get_future());
  std::promise<void> begun;
  std::atomic<int> ran{0};
  REQUIRE(workers.post([&] {
    begun.set_value();
    open.wait();
  }));
  begun.get_future().wait();
  const auto count = [&ran] { ++ran; };
  CHECK(workers.post(count));
  CHECK(workers.post(count));
  CHECK(!workers.post(count));
  CHECK(workers.figures().running == 1);
  CHECK(workers.figures().waiting == 2);
  CHECK(workers.figures().refused == 1);
  gate.set_value();
  while (ran < 2) std::this_thread::yield();
  CHECK(workers.post(count));
  while (ran < 3) std::this_thread::yield();
}

TEST_CASE("a place that is kept counts as taken until its work begins, or it is given up") {
  Workers workers({1, 8, Priority::low});
  std::promise<void> gate;
  std::shared_future<void> open(gate.get_future());
  std::promise<void> begun;
  REQUIRE(workers.post([&] {
    begun.set_value();
    open.wait();
  }));
  begun.get_future().wait();
  std::vector<Workers::Place> places;
  for (const char* network : {"a", "a", "b", "b", "c", "c", "d", "d"}) {
    places.push_back(workers.reserve(network));
    CHECK(places.back() != nullptr);
  }
  CHECK(workers.reserve("e") == nullptr);
  CHECK(!workers.post([] {}));
  places.pop_back();
  std::atomic<int> ran{0};
  CHECK(workers.post([&ran] { ++ran; }));
  CHECK(!workers.post([] {}));
  for (Workers::Place& place : places) CHECK(workers.post([&ran] { ++ran; }, std::move(place)));
  CHECK(workers.reserve("e") == nullptr);
  gate.set_value();
  while (ran < 8) std::this_thread::yield();
  CHECK(workers.reserve("e") != nullptr);
}

TEST_CASE("a crowd's work gets next to nothing of the processor, a few's gets its turn") {
  Workers workers({1, 64, Priority::low});
  std::promise<void> gate;
  std::shared_future<void> open(gate.get_future());
  std::vector<int> nice;
  std::atomic<int> at_once{0};
  std::atomic<int> ran{0};
  const auto work = [&] {
    open.wait();
    CHECK(++at_once == 1);
    nice.push_back(getpriority(PRIO_PROCESS, static_cast<id_t>(gettid())));
    --at_once;
    ++ran;
  };
  for (int i = 0; i < 20; ++i) REQUIRE(workers.post(work));
  gate.set_value();
  while (ran < 20) std::this_thread::yield();
  REQUIRE(nice.size() == 20);
  // Of the first nobody can say how many waited when it began.
  const int few = std::max(7, getpriority(PRIO_PROCESS, 0));
  CHECK(std::count(nice.begin() + 1, nice.begin() + 12, 19) == 11);
  CHECK(std::count(nice.end() - 8, nice.end(), few) == 8);
}

TEST_CASE("a crowd's work rests four times as long as it ran, while the others work") {
  using std::chrono::milliseconds;
  using Clock = std::chrono::steady_clock;
  std::promise<void> gate;
  std::promise<void> end;
  std::shared_future<void> open(gate.get_future());
  Workers others({1, 1, Priority::normal});
  REQUIRE(others.post([&] {
    gate.set_value();
    end.get_future().wait();
  }));
  open.wait();
  Workers workers({1, 64, Priority::low, &others});
  std::promise<void> posted;
  std::shared_future<void> all(posted.get_future());
  std::vector<Clock::time_point> begins;
  std::atomic<int> ran{0};
  const auto work = [&] {
    all.wait();
    begins.push_back(Clock::now());
    const std::clock_t until = std::clock() + CLOCKS_PER_SEC / 100;  // of the processor: 10 ms
    while (std::clock() < until) continue;
    ++ran;
  };
  for (int i = 0; i < 16; ++i) REQUIRE(workers.post(work));
  posted.set_value();
  while (ran < 16) std::this_thread::sleep_for(milliseconds(1));
  // Of the first nobody can say how many waited when it began.
  for (std::size_t i = 2; i < 7; ++i) CHECK(begins[i] - begins[i - 1] > milliseconds(45));
  end.set_value();
}

TEST_CASE("one network gets a quarter of the queue at most") {
  Workers workers({1, 8, Priority::low});
  const Workers::Place first = workers.reserve("a");
  Workers::Place second = workers.reserve("a");
  REQUIRE(second != nullptr);
  CHECK(workers.reserve("a") == nullptr);
  CHECK(workers.reserve("b") != nullptr);
  second = nullptr;
  CHECK(workers.reserve("a") != nullptr);
}

TEST_CASE("a stopped group takes nothing and drops what waits") {
  Workers workers({1, 10, Priority::normal});
  workers.stop();
  CHECK(!workers.post([] {}));
  CHECK(workers.reserve("a") == nullptr);
}
