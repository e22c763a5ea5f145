#include "client/attempts.h"

namespace couvert {

bool Attempts::again(const Problem& problem) {
  if (problem.passing == Passing::no || patience_.stopped()) return false;
  if (++failed_ >= attempts_max) return false;
  std::chrono::seconds pause(std::int64_t{1} << std::min(failed_ - 1, 10));
  if (problem.retry_after) pause = std::max(pause, *problem.retry_after);
  patience_.wait(std::min(pause, pause_max));
  return !patience_.stopped();
}

}  // namespace couvert
