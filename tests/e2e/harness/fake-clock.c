// The time that a program sees. To be preloaded into it; a test sets it while the program runs.
//
// COUVERT_CLOCK names a file of two numbers: by how many seconds the time of day and the running
// (monotonic) time are ahead of the machine's. With the first alone the clock has been set; with
// both, that time has passed.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

struct ahead {
  int64_t of_day, running;
};

static const volatile struct ahead* ahead;

#define REAL(function)               \
  static __typeof__(&function) real; \
  if (!real) real = (__typeof__(&function))dlsym(RTLD_NEXT, #function)

__attribute__((constructor)) static void begin(void) {
  const char* name = getenv("COUVERT_CLOCK");
  if (!name) return;
  const int file = open(name, O_RDONLY | O_CLOEXEC);
  void* mapped = mmap(NULL, sizeof(*ahead), PROT_READ, MAP_SHARED, file, 0);
  if (file < 0 || mapped == MAP_FAILED) abort();
  close(file);
  ahead = mapped;
}

static int64_t seconds_ahead(clockid_t clock) {
  if (!ahead) return 0;
  switch (clock) {
    case CLOCK_REALTIME:
    case CLOCK_REALTIME_COARSE:
      return ahead->of_day;
    case CLOCK_MONOTONIC:
    case CLOCK_MONOTONIC_RAW:
    case CLOCK_MONOTONIC_COARSE:
    case CLOCK_BOOTTIME:
      return ahead->running;
    default:
      return 0;
  }
}

int clock_gettime(clockid_t clock, struct timespec* out) {
  REAL(clock_gettime);
  const int failed = real(clock, out);
  if (!failed) out->tv_sec += seconds_ahead(clock);
  return failed;
}

int gettimeofday(struct timeval* restrict out, void* restrict zone) {
  REAL(gettimeofday);
  const int failed = real(out, zone);
  if (!failed) out->tv_sec += seconds_ahead(CLOCK_REALTIME);
  return failed;
}

time_t time(time_t* out) {
  REAL(time);
  const time_t now = real(NULL) + seconds_ahead(CLOCK_REALTIME);
  if (out) *out = now;
  return now;
}

// Waiting until a moment is the kernel's work, which knows the machine's time.
int pthread_cond_clockwait(pthread_cond_t* condition, pthread_mutex_t* mutex, clockid_t clock,
                           const struct timespec* until) {
  REAL(pthread_cond_clockwait);
  struct timespec moment = *until;
  moment.tv_sec -= seconds_ahead(clock);
  return real(condition, mutex, clock, &moment);
}
