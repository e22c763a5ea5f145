#include "http/turns.h"

#include <doctest/doctest.h>

#include <atomic>
#include <future>

#include "base/result.h"

using namespace couvert;

namespace {

// One thread that is held up until run_all(): what is begun meanwhile waits.
struct Held {
  explicit Held(std::size_t waiting_max) : turns(workers, {1, waiting_max}) {
    std::promise<void> begun;
    REQUIRE(turns.begin("gate", [this, &begun] {
      begun.set_value();
      opened.wait();
    }));
    begun.get_future().wait();
  }
  ~Held() {
    turns.stop();
    workers.stop();
  }

  // Work that notes its name when it runs.
  std::function<void()> note(const std::string& name) {
    return [this, name] {
      order += name;
      ++ran;
    };
  }
  bool begin(const std::string& network) { return turns.begin(network, note(network)); }
  std::string run_all(int count) {
    gate.set_value();
    while (ran < count) std::this_thread::yield();
    return order;
  }

  std::promise<void> gate;
  std::shared_future<void> opened{gate.get_future()};
  std::string order;
  std::atomic<int> ran{0};
  Workers workers{{1, 10, Priority::normal}};
  Turns turns;
};

}  // namespace

TEST_CASE("requests beyond the bound are refused, and taken again when there is room") {
  Held held(4);
  for (const char* network : {"a", "b", "c", "d"}) CHECK(held.begin(network));
  CHECK(!held.begin("e"));
  CHECK(held.turns.figures().waiting == 4);
  CHECK(held.turns.figures().refused == 1);
  held.run_all(4);
  CHECK(held.begin("e"));
  while (held.ran < 5) std::this_thread::yield();
}

TEST_CASE("a network fills a quarter of the places at most, and others are taken still") {
  Held held(8);
  CHECK(held.begin("a"));
  CHECK(held.begin("a"));
  CHECK(!held.begin("a"));
  CHECK(held.begin("b"));
  CHECK(held.run_all(3) == "aba");
}

TEST_CASE("networks take turns, so that a flood waits behind itself") {
  Held held(40);
  for (int i = 0; i < 5; ++i) CHECK(held.begin("a"));
  CHECK(held.begin("b"));
  CHECK(held.begin("c"));
  CHECK(held.run_all(7) == "abcaaaa");
}

TEST_CASE("a piece of a file under way waits for one request at most, whatever waits") {
  Held held(40);
  for (int i = 0; i < 5; ++i) CHECK(held.begin("a"));
  CHECK(held.workers.post(held.note("piece")));
  CHECK(held.run_all(6) == "pieceaaaaa");
}

TEST_CASE("at its end what waits is dropped, and nothing is begun") {
  Held held(40);
  const auto kept = std::make_shared<int>(0);
  CHECK(held.turns.begin("a", [kept] { INVARIANT(kept == nullptr); }));
  CHECK(kept.use_count() == 2);
  CHECK(held.turns.figures().waiting == 1);
  held.turns.stop();
  CHECK(kept.use_count() == 1);
  CHECK(!held.begin("b"));
  held.gate.set_value();
}
