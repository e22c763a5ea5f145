#include "base/clock.h"

#include <doctest/doctest.h>

using namespace couvert;

TEST_CASE("times are read and written as RFC 3339 in UTC") {
  CHECK(to_rfc3339(from_unix(0)) == "1970-01-01T00:00:00Z");
  CHECK(to_rfc3339(from_unix(1'790'000'000)) == "2026-09-21T14:13:20Z");
  CHECK(parse_rfc3339("2026-09-21T14:13:20Z") == from_unix(1'790'000'000));
  CHECK(parse_rfc3339("2028-02-29T23:59:59Z").has_value());
  CHECK(to_unix(from_unix(5) + std::chrono::milliseconds(999)) == 5);
}

TEST_CASE("other spellings and times that do not exist are refused") {
  for (const char* wrong :
       {"", "2026-09-21", "2026-09-21T14:13:20", "2026-09-21T14:13:20+00:00",
        "2026-09-21T14:13:20.5Z", "2026-09-21t14:13:20z", "2026-02-29T00:00:00Z",
        "2026-13-01T00:00:00Z", "2026-00-01T00:00:00Z", "2026-09-21T24:00:00Z",
        "2026-09-21T14:60:00Z", "1969-12-31T23:59:59Z", "2026-09-2xT14:13:20Z"}) {
    CAPTURE(wrong);
    CHECK(parse_rfc3339(wrong).error().code == ErrorCode::invalid);
  }
}

TEST_CASE("the running time never goes back") {
  const SystemClock clock;
  const Duration before = clock.running();
  CHECK(clock.running() >= before);
}
