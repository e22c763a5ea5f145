// The background rounds' threads: one hands mails over, one sweeps what is past its time.
#pragma once

#include <condition_variable>
#include <mutex>
#include <thread>

#include "base/metrics.h"
#include "mail/transport.h"
#include "server/troubles.h"
#include "service/guarded_clock.h"
#include "service/parts.h"
#include "store/orphans.h"

namespace couvert {

/// Wakes a thread that pauses. Threads: any.
class Bell {
 public:
  void ring();
  /// From now on no pause lasts.
  void close();
  /// Waits for a ring, at most `longest`; a ring while nobody waited counts. Returns whether to go
  /// on.
  bool pause(Duration longest);

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool rung_ = true;  // begin at once: an earlier process may have left something
  bool closed_ = false;
};

/// What the rounds need beside the use cases' parts.
struct RoundsParts {
  Bell& mail_waits;     // rung where a mail was put into the outbox
  GuardedClock& clock;  // that of the parts
  Metrics& metrics;
  Lookout lookout;
};

/// Runs until it is destroyed, which waits for the step under way: after stop() at most
/// limits::send_time_at_stop for a mail. Lifetime: all that is handed in must outlive it.
class Rounds {
 public:
  Rounds(const Parts& parts, MailTransport& transport, const RoundsParts& with);
  ~Rounds();
  Rounds(const Rounds&) = delete;
  Rounds& operator=(const Rounds&) = delete;

  /// Begins nothing more; returns at once.
  void stop();

 private:
  void run_outbox();
  void run_sweeps();

  const Parts& parts_;
  MailTransport& transport_;
  Bell& mail_waits_;
  GuardedClock& clock_;
  Metrics& metrics_;
  const Lookout lookout_;
  OrphanSweep orphans_;
  Bell end_;
  std::thread outbox_;
  std::thread sweeps_;
};

}  // namespace couvert
