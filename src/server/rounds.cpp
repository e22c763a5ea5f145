#include "server/rounds.h"

#include <malloc.h>

#include "service/expire_round.h"
#include "service/outbox_round.h"
#include "service/quick_mails.h"
#include "service/undelivered.h"

namespace couvert {
namespace {

using namespace std::chrono_literals;

constexpr Duration outbox_pause = 10s;  // also finds mails whose next try has come
constexpr Duration sweep_pause = 5s;
constexpr Duration objects_pause = 1h;

// The boundary of a background round: a failing machine ends the round, not the server. `work`
// returns whether all went well.
template <class Work>
void guarded(Log& log, RoundCounts& counts, Work work) {
  bool well = false;
  try {
    well = work();
  } catch (const std::exception& error) {
    log.failure("round broke off", Error(ErrorCode::unavailable, error.what()));
  }
  (well ? counts.done : counts.failed).add();
}

// Counts what comes of each mail.
class CountedTransport final : public MailTransport {
 public:
  CountedTransport(MailTransport& transport, Metrics& metrics)
      : transport_(transport), metrics_(metrics) {}

  Result<> send(const Envelope& envelope, Bytes message, Duration time_max) override {
    const Result<> sent = transport_.send(envelope, message, time_max);
    const bool refused = !sent && sent.error().code == ErrorCode::refused;
    if (sent) metrics_.mails_handed_over.add();
    if (refused) metrics_.mails_refused.add();
    if (!sent && !refused) metrics_.mails_postponed.add();
    return sent;
  }
  bool stopping() const override { return transport_.stopping(); }
  void rest() override { transport_.rest(); }

 private:
  MailTransport& transport_;
  Metrics& metrics_;
};

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

Rounds::Rounds(const Parts& parts, MailTransport& transport, const RoundsParts& with)
    : parts_(parts),
      transport_(transport),
      mail_waits_(with.mail_waits),
      clock_(with.clock),
      metrics_(with.metrics),
      lookout_(with.lookout),
      outbox_([this] { run_outbox(); }),
      sweeps_([this] { run_sweeps(); }) {}

void Rounds::stop() {
  mail_waits_.close();
  end_.close();
  transport_.stop(limits::send_time_at_stop);
}

Rounds::~Rounds() {
  stop();
  outbox_.join();
  sweeps_.join();
}

void Rounds::run_outbox() {
  guarded(parts_.log, metrics_.outbox_round, [this] {
    const Result<> taken_back = take_back_mails(parts_);
    if (!taken_back) parts_.log.failure("round failed: leases", taken_back.error());
    return taken_back.has_value();
  });
  CountedTransport counted(transport_, metrics_);
  while (mail_waits_.pause(outbox_pause)) {
    guarded(parts_.log, metrics_.outbox_round, [this] {
      const Result<std::size_t> told = tell_bounces(parts_);
      if (!told) parts_.log.failure("round failed: bounces", told.error());
      if (told) metrics_.mails_bounced.add(*told);
      return told.has_value();
    });
    guarded(parts_.log, metrics_.outbox_round, [this] {
      const Result<std::size_t> told = tell_resets(parts_);
      if (!told) parts_.log.failure("round failed: resets", told.error());
      return told.has_value();
    });
    guarded(parts_.log, metrics_.outbox_round, [this, &counted] {
      const Result<std::size_t> taken = deliver_due(parts_, counted);
      if (!taken) parts_.log.failure("round failed: outbox", taken.error());
      // A full round has probably left some: go on at once.
      if (taken && *taken == limits::mails_per_round_max) mail_waits_.ring();
      return taken.has_value();
    });
  }
}

void Rounds::run_sweeps() {
  Duration next_objects = parts_.clock.running();
  while (end_.pause(sweep_pause)) {
    guarded(parts_.log, metrics_.sweep_round, [this] {
      const Result<> looked = clock_.look(parts_.log);
      if (!looked) parts_.log.failure("round failed: clock", looked.error());
      return sweep(parts_) && looked.has_value();
    });
    malloc_trim(0);  // what a flood took goes back to the machine, not only to the allocator
    if (parts_.clock.running() < next_objects) continue;
    next_objects = parts_.clock.running() + objects_pause;
    guarded(parts_.log, metrics_.objects_round, [this] { return sweep_objects(parts_, orphans_); });
    guarded(parts_.log, metrics_.lookout_round, [this] {
      const auto told = tell_operator(parts_, find_troubles(parts_, lookout_));
      if (!told) parts_.log.failure("round failed: lookout", told.error());
      return told.has_value();
    });
  }
}

}  // namespace couvert
