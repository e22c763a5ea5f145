#include "cli/progress.h"

#include <doctest/doctest.h>

using namespace couvert;

TEST_CASE("sizes are said in words") {
  CHECK(size_in_words(0) == "0 bytes");
  CHECK(size_in_words(999) == "999 bytes");
  CHECK(size_in_words(1000) == "1.0 kB");
  CHECK(size_in_words(999'960) == "1.0 MB");
  CHECK(size_in_words(5'368'709'120) == "5.4 GB");
  CHECK(size_in_words(4'398'046'511'104'000) == "4398.0 TB");
}

TEST_CASE("progress says how much, how fast and how long") {
  CHECK(progress_line({.bytes = 42'000'000, .total = 100'000'000, .speed = 2'000'000}) ==
        "  42 %  42.0 MB of 100.0 MB  2.0 MB/s  0:30 left");
  CHECK(progress_line({.bytes = 0, .total = 100'000'000, .speed = 10'000}) ==
        "   0 %  0 bytes of 100.0 MB  10.0 kB/s  2:46:41 left");
  CHECK(progress_line({.bytes = 100, .total = 100, .speed = 10}) ==
        " 100 %  100 bytes of 100 bytes  10 bytes/s");
  CHECK(progress_line({.bytes = 1000, .total = std::nullopt, .speed = 10}) == "1.0 kB  10 bytes/s");
  CHECK(progress_line({.bytes = 0, .total = 0, .speed = 0}) == "0 bytes");
}
