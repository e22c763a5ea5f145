// What the kernel counts of this process.
#pragma once

#include <cstdint>

namespace couvert {

struct ProcessFigures {
  double cpu_seconds = 0;  // of all threads, user and system
  std::uint64_t resident_bytes = 0;
  std::uint64_t open_files = 0;
  std::uint64_t files_max = 0;
  std::uint64_t threads = 0;
};

/// What cannot be found out is 0.
ProcessFigures process_figures();

/// Lets this process open as many files as the system allows it. Returns how many those are.
std::uint64_t raise_file_limit();

}  // namespace couvert
