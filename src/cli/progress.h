// How far a transfer is: bytes, speed, time left; one line on a terminal, nothing elsewhere.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/clock.h"
#include "cli/terminal.h"

namespace couvert {

/// "1.2 GB", in powers of 1000.
std::string size_in_words(std::uint64_t bytes);

/// What the line says: "  42 %  1.2 GB of 3.0 GB  85 MB/s  0:21 left". `speed` is in bytes a
/// second.
struct ProgressFigures {
  std::uint64_t bytes = 0;
  std::optional<std::uint64_t> total;  // not known for a ZIP
  std::uint64_t speed = 0;
};
std::string progress_line(const ProgressFigures& figures);

/// Lifetime: terminal and clock must outlive it. Threads: one.
class Progress {
 public:
  Progress(Terminal& terminal, const Clock& clock, std::optional<std::uint64_t> total);
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  /// `bytes` of the whole are done; draws at most five times a second.
  void reached(std::uint64_t bytes);

 private:
  Terminal& terminal_;
  const Clock& clock_;
  std::optional<std::uint64_t> total_;
  bool draws_;
  Duration drawn_{};
  Duration measured_{};  // when the speed was taken last, at
  std::uint64_t measured_bytes_ = 0;
  std::uint64_t speed_ = 0;
};

}  // namespace couvert
