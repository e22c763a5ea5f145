#include "server/protect.h"

#include <openssl/crypto.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <cstdio>
#include <cstdlib>

#include "server/wiping_heap.h"

namespace couvert {

void protect_process() {
  umask(077);
  const rlimit none{0, 0};
  setrlimit(RLIMIT_CORE, &none);
  prctl(PR_SET_DUMPABLE, 0);
  // Whoever forces an image of the process all the same (as root, by a debugger) gets no anonymous
  // memory: core(5), "Controlling which mappings are written to the core dump".
  if (std::FILE* filter = std::fopen("/proc/self/coredump_filter", "w")) {
    std::fputs("0", filter);
    std::fclose(filter);
  }
  CRYPTO_set_mem_functions(
      [](std::size_t bytes, const char*, int) { return std::malloc(bytes); },
      [](void* memory, std::size_t bytes, const char*, int) { return grow_wiping(memory, bytes); },
      [](void* memory, const char*, int) { free_wiping(memory); });
}

}  // namespace couvert
