#include "mail/retry.h"

#include <algorithm>

#include "base/result.h"

namespace couvert {

std::optional<Instant> next_try(const FailedTry& failed, std::uint16_t jitter) {
  using namespace std::chrono_literals;
  INVARIANT(failed.tries >= 1);
  if (failed.certain >= failed.end) return std::nullopt;
  static constexpr Duration pauses[] = {1min, 5min, 15min, 60min, 3h};
  const std::size_t index = std::min<std::size_t>(static_cast<std::size_t>(failed.tries) - 1, 4);
  const Duration pause = pauses[index] + pauses[index] / 10 * jitter / 65536;
  return failed.now < failed.end ? std::min(failed.now + pause, failed.end) : failed.now + pause;
}

}  // namespace couvert
