// How mail/ holds what GMime gives it. For mail/ only.
#pragma once

#include <gmime/gmime.h>

#include <memory>
#include <mutex>

namespace couvert {

struct Unref {
  void operator()(void* object) const { g_object_unref(object); }
};
template <class T>
using Owned = std::unique_ptr<T, Unref>;

/// Order: before anything else of GMime. Threads: any.
inline void start_gmime() {
  static std::once_flag once;
  std::call_once(once, g_mime_init);
}

}  // namespace couvert
