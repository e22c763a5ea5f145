// Waiting, and knowing when the user has had enough of it: handed in by main.
#pragma once

#include "base/clock.h"

namespace couvert {

/// Threads: any.
class Patience {
 public:
  virtual ~Patience() = default;
  /// Whether the user wants to stop (Ctrl-C). Asked often, so it must be cheap.
  virtual bool stopped() = 0;
  /// Sleeps; ends early where the user wants to stop.
  virtual void wait(Duration pause) = 0;
};

}  // namespace couvert
