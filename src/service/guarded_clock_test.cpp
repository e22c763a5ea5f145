#include "service/guarded_clock.h"

#include "service/test_world.h"
#include "store/test_database.h"

using namespace couvert;
using namespace std::chrono_literals;

namespace {

constexpr Duration look_pause = 5s;  // between two looks
constexpr auto year = 365 * 24h;

struct ClockFixture {
  ClockFixture() { open(); }

  // A server that starts, after an earlier one that died.
  void open() { clock = std::move(*GuardedClock::open(machine, *db.database)); }

  void run(Duration time, Duration every = look_pause) {
    for (Duration gone{}; gone < time; gone += every) {
      machine.advance(every);
      REQUIRE(clock->look(log).has_value());
    }
  }

  TestDatabase db;
  TestClock machine;
  NoLog log;
  const Instant begin = machine.now();
  std::unique_ptr<GuardedClock> clock;
};

}  // namespace

TEST_CASE("a clock that runs evenly is the time, and certain") {
  ClockFixture test;
  CHECK(test.clock->now() == test.begin);
  test.machine.advance(1min);
  CHECK(test.clock->now() == test.begin + 1min);
  CHECK(test.clock->certain() == test.begin + 1min);
  test.run(1h);
  CHECK(test.clock->now() == test.begin + 61min);
  CHECK(test.clock->certain() == test.begin + 61min);
}

TEST_CASE("a clock set back is not believed: time goes on, and nothing comes back") {
  ClockFixture test;
  test.run(1h);
  test.machine.advance(4s);  // nobody has looked since
  test.machine.jump(-400 * 24h);
  CHECK(test.clock->now() == test.begin + 1h + 4s);
  CHECK(test.clock->certain() == test.begin + 1h + 4s);
  test.run(1h);
  CHECK(test.clock->now() == test.begin + 2h + 4s);
  test.machine.jump(400 * 24h);
  CHECK(test.clock->now() == test.begin + 2h + 4s);
}

TEST_CASE("a clock set back while the server was away is not believed either") {
  ClockFixture test;
  test.run(1h);
  test.machine.advance(4s);
  const Instant last = test.clock->now();
  test.machine.jump(-400 * 24h);
  test.open();
  CHECK(test.clock->now() >= last);
  CHECK(test.clock->now() <= last + 2min);
  test.machine.jump(400 * 24h);
  CHECK(test.clock->now() == last);
}

TEST_CASE("restarts do not push the time ahead") {
  ClockFixture test;
  for (int i = 0; i < 100; ++i) {
    test.machine.advance(1s);
    test.open();
    REQUIRE(test.clock->look(test.log).has_value());
  }
  CHECK(test.clock->now() == test.begin + 100s);
}

TEST_CASE("what a clock that jumped forward closes is not erased, and opens when it is back") {
  ClockFixture test;
  test.run(1h);
  test.machine.jump(10 * year);
  CHECK(test.clock->now() == test.begin + 1h + 10 * year);
  CHECK(test.clock->certain() == test.begin + 1h);
  test.run(limits::clock_settles_max - 5s);
  CHECK(test.clock->certain() == test.begin + 1h + limits::clock_settles_max - 5s);
  test.open();  // a restart is no proof
  test.run(limits::clock_settles_max - 5s);
  CHECK(test.clock->certain() < test.begin + year);
  test.machine.jump(-10 * year);
  CHECK(test.clock->now() == test.machine.now());
  CHECK(test.clock->certain() <= test.machine.now());
}

TEST_CASE("a clock ahead is certain after it has run evenly, and not while it jumps") {
  ClockFixture test;
  test.run(1min);
  test.machine.jump(10 * year);
  for (int i = 0; i < 5; ++i) {
    test.run(limits::clock_settles_max - 1min);
    test.machine.jump(2h);
  }
  CHECK(test.clock->certain() < test.begin + 24h);
  test.run(limits::clock_settles_max + look_pause);
  CHECK(test.clock->certain() == test.machine.now());
  CHECK(test.clock->now() == test.machine.now());
  // From now on that is the line.
  test.machine.jump(-20 * 24h);
  CHECK(test.clock->now() == test.machine.now() + 20 * 24h);
}

TEST_CASE("a server that was away for days closes at once and erases a minute later") {
  ClockFixture test;
  test.run(1min);
  test.machine.jump(6 * 24h);
  test.open();
  CHECK(test.clock->now() == test.machine.now());
  CHECK(test.clock->certain() <= test.begin + 1min);
  test.run(6 * limits::clock_settles_per_day - look_pause);
  CHECK(test.clock->certain() < test.begin + 1h);
  test.run(2 * look_pause);
  CHECK(test.clock->certain() == test.machine.now());
}

TEST_CASE("what was shown as ended, even by a doubtful clock, stays so when it is set far back") {
  for (const bool restarted : {false, true}) {
    CAPTURE(restarted);
    ClockFixture test;
    test.run(1min);
    test.machine.jump(6 * 24h);
    if (restarted) test.open();
    test.run(look_pause);
    test.machine.advance(4s);
    const Instant shown = test.clock->now();
    test.machine.jump(-400 * 24h);
    if (restarted) test.open();
    CHECK(test.clock->now() >= shown);
    CHECK(test.clock->certain() < test.begin + 24h);
    // Not even days of running make it forget.
    test.run(limits::clock_set_back_believed + 1h, 10min);
    CHECK(test.clock->now() >= shown);
  }
}

TEST_CASE("a clock that was wrong for long and is put right is believed after a day") {
  ClockFixture test;
  test.machine.jump(10 * year);
  test.run(limits::clock_settles_max + look_pause);
  test.machine.jump(-10 * year);
  test.run(limits::clock_set_back_believed - 10min, 10min);
  CHECK(test.clock->now() > test.begin + 9 * year);
  test.run(20min, 10min);
  CHECK(test.clock->now() == test.machine.now());
  CHECK(test.clock->certain() == test.machine.now());
}

TEST_CASE("a clock that is put right by some seconds never runs backwards") {
  ClockFixture test;
  test.run(1h);
  const Instant before = test.clock->now();
  test.machine.jump(-30s);
  CHECK(test.clock->now() == before);
  test.run(1min);
  CHECK(test.clock->now() == before + 1min);
  test.machine.jump(50s);
  CHECK(test.clock->now() == test.machine.now());
  CHECK(test.clock->certain() == test.machine.now());
}
