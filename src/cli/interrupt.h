// Ctrl-C and SIGTERM, as something that can be asked for instead of something that happens: a
// command that is stopped still removes what it had begun.
#pragma once

#include <atomic>

#include "client/patience.h"

namespace couvert {

/// Holds SIGINT, SIGTERM and SIGHUP back from its making on and gives notice of them; SIGPIPE is
/// ignored. Made once, by main, before any thread. Threads: any for stopped() and wait(), which a
/// signal that another thread has taken notice of does not shorten; one for the others.
class Interrupt final : public Patience {
 public:
  Interrupt();
  ~Interrupt() override;
  Interrupt(const Interrupt&) = delete;
  Interrupt& operator=(const Interrupt&) = delete;

  bool stopped() override;
  void wait(Duration pause) override;

  /// Waits until `descriptor` can be read; false where the user stops it.
  bool wait_readable(int descriptor);
  /// Lets a command tidy up after itself: stopped() is false again until the next signal.
  void begin_tidying();

 private:
  bool poll_signals(int timeout_milliseconds, int also_readable);

  int signals_ = -1;
  std::atomic<bool> stopped_ = false;
};

}  // namespace couvert
