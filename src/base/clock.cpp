#include "base/clock.h"

#include <array>
#include <charconv>
#include <cstdio>

namespace couvert {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using std::chrono::sys_days;
using std::chrono::year_month_day;

// Reads exactly the digits at `at`; -1 where something else stands there.
int digits(std::string_view text, std::size_t at, std::size_t count) {
  int value = 0;
  for (std::size_t i = at; i < at + count; ++i) {
    if (text[i] < '0' || text[i] > '9') return -1;
    value = value * 10 + (text[i] - '0');
  }
  return value;
}

}  // namespace

Instant SystemClock::now() const {
  return std::chrono::floor<Duration>(std::chrono::system_clock::now());
}

Duration SystemClock::running() const {
  return std::chrono::floor<Duration>(std::chrono::steady_clock::now().time_since_epoch());
}

std::int64_t to_unix(Instant instant) {
  return std::chrono::floor<seconds>(instant).time_since_epoch().count();
}

Instant from_unix(std::int64_t count) {
  return Instant(seconds(count));
}

std::string to_rfc3339(Instant instant) {
  const auto whole = std::chrono::floor<seconds>(instant);
  const auto day = std::chrono::floor<days>(whole);
  const year_month_day date{day};
  const std::chrono::hh_mm_ss time{whole - day};
  std::array<char, 48> text;
  const int length = std::snprintf(
      text.data(), text.size(), "%04d-%02u-%02uT%02d:%02d:%02dZ", static_cast<int>(date.year()),
      static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
      static_cast<int>(time.hours().count()), static_cast<int>(time.minutes().count()),
      static_cast<int>(time.seconds().count()));
  return std::string(text.data(), static_cast<std::size_t>(length));
}

Result<Instant> parse_rfc3339(std::string_view text) {
  constexpr std::string_view shape = "....-..-..T..:..:..Z";
  bool well_formed = text.size() == shape.size();
  for (std::size_t i = 0; well_formed && i < shape.size(); ++i) {
    well_formed = shape[i] == '.' || shape[i] == text[i];
  }
  if (!well_formed) return fail(ErrorCode::invalid, "a time reads 2026-11-22T12:00:00Z");
  const int year = digits(text, 0, 4);
  const int month = digits(text, 5, 2);
  const int day = digits(text, 8, 2);
  const int hour = digits(text, 11, 2);
  const int minute = digits(text, 14, 2);
  const int second = digits(text, 17, 2);
  if (year < 1970 || month < 0 || day < 0 || hour < 0 || minute < 0 || second < 0) {
    return fail(ErrorCode::invalid, "a time has digits only");
  }
  const year_month_day date{std::chrono::year(year),
                            std::chrono::month(static_cast<unsigned>(month)),
                            std::chrono::day(static_cast<unsigned>(day))};
  if (!date.ok() || hour > 23 || minute > 59 || second > 59) {
    return fail(ErrorCode::invalid, "no such time");
  }
  return Instant(sys_days(date)) + hours(hour) + minutes(minute) + seconds(second);
}

}  // namespace couvert
