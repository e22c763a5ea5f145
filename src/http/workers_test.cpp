#include "http/workers.h"

#include <doctest/doctest.h>

#include <atomic>
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

TEST_CASE("a stopped group takes nothing and drops what waits") {
  Workers workers({1, 10, Priority::normal});
  workers.stop();
  CHECK(!workers.post([] {}));
}
