#include "cli/progress.h"

#include <algorithm>
#include <array>
#include <cstdio>

namespace couvert {
namespace {

using namespace std::chrono_literals;

std::string time_in_words(std::uint64_t seconds) {
  std::array<char, 48> text;
  const auto value = static_cast<unsigned long long>(seconds);
  if (seconds >= 3600) {
    std::snprintf(text.data(), text.size(), "%llu:%02llu:%02llu", value / 3600, value / 60 % 60,
                  value % 60);
  } else {
    std::snprintf(text.data(), text.size(), "%llu:%02llu", value / 60, value % 60);
  }
  return text.data();
}

}  // namespace

std::string size_in_words(std::uint64_t bytes) {
  static constexpr std::array units = {"kB", "MB", "GB", "TB"};
  if (bytes < 1000) return std::to_string(bytes) + " bytes";
  double value = static_cast<double>(bytes) / 1000;
  std::size_t unit = 0;
  while (value >= 999.95 && unit + 1 < units.size()) {
    value /= 1000;
    ++unit;
  }
  std::array<char, 32> text;
  std::snprintf(text.data(), text.size(), "%.1f %s", value, units[unit]);
  return text.data();
}

std::string progress_line(const ProgressFigures& figures) {
  const std::uint64_t total = figures.total.value_or(0);
  std::string line;
  if (total > 0) {
    std::array<char, 16> percent;
    const double share = static_cast<double>(figures.bytes) / static_cast<double>(total);
    std::snprintf(percent.data(), percent.size(), "%4d %%  ", static_cast<int>(share * 100));
    line = percent.data();
  }
  line += size_in_words(figures.bytes);
  if (total > 0) line += " of " + size_in_words(total);
  if (figures.speed == 0) return line;
  line += "  " + size_in_words(figures.speed) + "/s";
  if (total > figures.bytes) {
    line += "  " + time_in_words((total - figures.bytes) / figures.speed + 1) + " left";
  }
  return line;
}

Progress::Progress(Terminal& terminal, const Clock& clock, std::optional<std::uint64_t> total)
    : terminal_(terminal),
      clock_(clock),
      total_(total),
      draws_(terminal.draws()),
      measured_(clock.running()) {}

Progress::~Progress() {
  if (draws_) terminal_.draw("");
}

void Progress::reached(std::uint64_t bytes) {
  if (!draws_) return;
  const Duration now = clock_.running();
  if (now - drawn_ < 200ms) return;
  drawn_ = now;
  const Duration passed = now - measured_;
  if (bytes < measured_bytes_) measured_bytes_ = bytes;  // a broken line: some bytes go again
  if (passed >= 1s) {
    const auto milliseconds = static_cast<std::uint64_t>(passed.count());
    const std::uint64_t latest = (bytes - measured_bytes_) * 1000 / milliseconds;
    speed_ = speed_ == 0 ? latest : (speed_ * 3 + latest) / 4;  // steady, yet not old
    measured_ = now;
    measured_bytes_ = bytes;
  }
  terminal_.draw(progress_line({.bytes = bytes, .total = total_, .speed = speed_}));
}

}  // namespace couvert
