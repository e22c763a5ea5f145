#include "mail/retry.h"

#include <doctest/doctest.h>

#include "base/limits.h"

using namespace couvert;
using namespace std::chrono_literals;

static const Instant first_try = from_unix(1'800'000'000);

static FailedTry failed(int tries) {
  return {
      .tries = tries, .now = first_try, .certain = first_try, .end = first_try + limits::mail_life};
}

TEST_CASE("the pauses between tries grow from a minute to three hours and stay there") {
  CHECK(next_try(failed(1), 0) == first_try + 1min);
  CHECK(next_try(failed(2), 0) == first_try + 5min);
  CHECK(next_try(failed(3), 0) == first_try + 15min);
  CHECK(next_try(failed(4), 0) == first_try + 60min);
  CHECK(next_try(failed(5), 0) == first_try + 3h);
  CHECK(next_try(failed(6), 0) == first_try + 3h);
  CHECK(next_try(failed(2'000'000'000), 0) == first_try + 3h);
}

TEST_CASE("jitter only ever moves a try later, by less than a tenth of the pause") {
  CHECK(next_try(failed(1), 65535).value() > first_try + 65s);
  CHECK(next_try(failed(1), 65535).value() < first_try + 66s);
  CHECK(next_try(failed(5), 65535).value() < first_try + 3h + 18min);
}

TEST_CASE("the last try lies at the end of the mail's life, and after it the mail is given up") {
  FailedTry late = failed(40);
  late.now = late.certain = late.end - 1ms;
  CHECK(next_try(late, 65535) == late.end);
  late.now = late.certain = late.end;
  CHECK_FALSE(next_try(late, 0).has_value());
  late.now = late.certain = late.end + 1h;
  CHECK_FALSE(next_try(late, 0).has_value());
}

TEST_CASE("a clock that may have jumped past a mail's end gives nothing up") {
  FailedTry jumped = failed(1);
  jumped.now = jumped.end + 24h * 3650;
  CHECK(next_try(jumped, 0) == jumped.now + 1min);
}

TEST_CASE("a mail server that is away for five days is asked some forty times") {
  FailedTry attempt = failed(1);
  int tries = 1;
  while (const std::optional<Instant> next = next_try(attempt, 0)) {
    attempt.now = attempt.certain = *next;
    attempt.tries = ++tries;
  }
  CHECK(attempt.now == first_try + limits::mail_life);
  CHECK(tries > 40);
  CHECK(tries < 50);
}
