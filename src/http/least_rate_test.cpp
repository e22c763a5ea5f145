#include "http/least_rate.h"

#include <doctest/doctest.h>

using namespace couvert;
using namespace std::chrono_literals;

TEST_CASE("who moves the least in the time may go on, who moves a byte less may not") {
  LeastRate enough;
  CHECK(enough.keeps(limits::rate_time, limits::rate_bytes_min));
  LeastRate less;
  CHECK(!less.keeps(limits::rate_time, limits::rate_bytes_min - 1));
}

TEST_CASE("a byte now and then does not make a client fast") {
  LeastRate rate;
  const int times = 60;
  for (int second = 1; second < times; ++second) CHECK(rate.keeps(1s, 1));
  CHECK(!rate.keeps(1s, 1));
}

TEST_CASE("each window counts alone: a fast beginning pays for nothing later") {
  LeastRate rate;
  CHECK(rate.keeps(limits::rate_time, 1'000'000'000));
  CHECK(rate.keeps(limits::rate_time - 1ms, 0));
  CHECK(!rate.keeps(1ms, 0));
}

TEST_CASE("a moment's wait for much counts for nothing") {
  LeastRate rate;
  for (int i = 0; i < 1'000; ++i) CHECK(rate.keeps(0ms, 0));
}
