#include "client/http_date.h"

#include <doctest/doctest.h>

using namespace couvert;

TEST_CASE("the date of an answer is read") {
  const auto date = parse_http_date("Sun, 22 Nov 2026 12:34:56 GMT");
  REQUIRE(date);
  CHECK(to_rfc3339(*date) == "2026-11-22T12:34:56Z");
  CHECK(to_rfc3339(*parse_http_date("Thu, 01 Jan 2026 00:00:00 GMT")) == "2026-01-01T00:00:00Z");
}

TEST_CASE("another form of date is none") {
  for (const char* wrong : {"", "Sunday, 22-Nov-26 12:34:56 GMT", "Sun Nov 22 12:34:56 2026",
                            "Sun, 22 Nov 2026 12:34:56 UTC", "Sun, 32 Nov 2026 12:34:56 GMT",
                            "Sun, 22 Abc 2026 12:34:56 GMT", "Sun, 22 Nov 2026 25:34:56 GMT"}) {
    CAPTURE(wrong);
    CHECK_FALSE(parse_http_date(wrong));
  }
}
