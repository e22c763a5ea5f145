#include "server/rounds.h"

#include "service/expire_round.h"
#include "service/outbox_round.h"

namespace couvert {
namespace {

using namespace std::chrono_literals;

constexpr Duration outbox_pause = 10s;  // also finds mails whose next try has come
constexpr Duration sweep_pause = 5s;
constexpr Duration objects_pause = 1h;

// The boundary of a background round: a failing machine ends the round, not the server.
template <class Work>
void guarded(Log& log, Work work) {
  try {
    work();
  } catch (const std::exception& error) {
    log.failure("round broke off", Error(ErrorCode::unavailable, error.what()));
  }
}

}  // namespace

void Bell::ring() {
  {
    const std::lock_guard hold(mutex_);
    rung_ = true;
  }
  changed_.notify_all();
}

void Bell::close() {
  {
    const std::lock_guard hold(mutex_);
    closed_ = true;
  }
  changed_.notify_all();
}

bool Bell::pause(Duration longest) {
  std::unique_lock hold(mutex_);
  changed_.wait_for(hold, longest, [this] { return rung_ || closed_; });
  rung_ = false;
  return !closed_;
}

Rounds::Rounds(const Parts& parts, MailTransport& transport, Bell& mail_waits, GuardedClock& clock)
    : parts_(parts),
      transport_(transport),
      mail_waits_(mail_waits),
      clock_(clock),
      outbox_([this] { run_outbox(); }),
      sweeps_([this] { run_sweeps(); }) {}

Rounds::~Rounds() {
  mail_waits_.close();
  end_.close();
  outbox_.join();
  sweeps_.join();
}

void Rounds::run_outbox() {
  guarded(parts_.log, [this] {
    const Result<> taken_back = take_back_mails(parts_);
    if (!taken_back) parts_.log.failure("round failed: leases", taken_back.error());
  });
  while (mail_waits_.pause(outbox_pause)) {
    guarded(parts_.log, [this] {
      const Result<std::size_t> taken = deliver_due(parts_, transport_);
      if (!taken) parts_.log.failure("round failed: outbox", taken.error());
      // A full round has probably left some: go on at once.
      if (taken && *taken == limits::mails_per_round_max) mail_waits_.ring();
    });
  }
}

void Rounds::run_sweeps() {
  Duration next_objects = parts_.clock.running();
  while (end_.pause(sweep_pause)) {
    guarded(parts_.log, [this] {
      const Result<> looked = clock_.look(parts_.log);
      if (!looked) parts_.log.failure("round failed: clock", looked.error());
      sweep(parts_);
    });
    if (parts_.clock.running() < next_objects) continue;
    next_objects = parts_.clock.running() + objects_pause;
    guarded(parts_.log, [this] { sweep_objects(parts_, orphans_); });
  }
}

}  // namespace couvert
