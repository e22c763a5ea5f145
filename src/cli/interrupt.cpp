#include "cli/interrupt.h"

#include <poll.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>

namespace couvert {

Interrupt::Interrupt() {
  sigset_t set;
  sigemptyset(&set);
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) sigaddset(&set, signal);
  INVARIANT(sigprocmask(SIG_BLOCK, &set, nullptr) == 0);
  std::signal(SIGPIPE, SIG_IGN);
  signals_ = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
  INVARIANT(signals_ >= 0);
}

Interrupt::~Interrupt() {
  close(signals_);
}

// Returns whether `also_readable` (a descriptor or -1) is.
bool Interrupt::poll_signals(int timeout_milliseconds, int also_readable) {
  std::array<pollfd, 2> waiting = {pollfd{signals_, POLLIN, 0}, pollfd{also_readable, POLLIN, 0}};
  if (::poll(waiting.data(), waiting.size(), timeout_milliseconds) <= 0) return false;
  signalfd_siginfo info;
  while (read(signals_, &info, sizeof(info)) == static_cast<ssize_t>(sizeof(info))) stopped_ = true;
  return waiting[1].revents != 0;
}

bool Interrupt::stopped() {
  if (!stopped_) poll_signals(0, -1);
  return stopped_;
}

void Interrupt::wait(Duration pause) {
  const auto milliseconds = std::clamp<Duration::rep>(pause.count(), 0, 3600 * 1000);
  if (!stopped_) poll_signals(static_cast<int>(milliseconds), -1);
}

bool Interrupt::wait_readable(int descriptor) {
  while (!stopped_) {
    if (poll_signals(-1, descriptor)) return !stopped_;
  }
  return false;
}

void Interrupt::begin_tidying() {
  stopped_ = false;
}

}  // namespace couvert
