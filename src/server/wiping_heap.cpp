#include "server/wiping_heap.h"

#include <malloc.h>
#include <string.h>

#include <algorithm>
#include <cstdlib>
#include <new>

namespace couvert {

void free_wiping(void* memory) noexcept {
  if (memory == nullptr) return;
  explicit_bzero(memory, malloc_usable_size(memory));
  std::free(memory);
}

void* grow_wiping(void* memory, std::size_t bytes) noexcept {
  if (memory == nullptr) return std::malloc(bytes);
  if (bytes == 0) {
    free_wiping(memory);
    return nullptr;
  }
  void* grown = std::malloc(bytes);
  if (grown == nullptr) return nullptr;
  memcpy(grown, memory, std::min(bytes, malloc_usable_size(memory)));
  free_wiping(memory);
  return grown;
}

}  // namespace couvert

void* operator new(std::size_t bytes) {
  void* memory = std::malloc(bytes == 0 ? 1 : bytes);
  if (memory == nullptr) throw std::bad_alloc();
  return memory;
}

void* operator new[](std::size_t bytes) {
  return operator new(bytes);
}
void operator delete(void* memory) noexcept {
  couvert::free_wiping(memory);
}
void operator delete[](void* memory) noexcept {
  couvert::free_wiping(memory);
}
void operator delete(void* memory, std::size_t) noexcept {
  couvert::free_wiping(memory);
}
void operator delete[](void* memory, std::size_t) noexcept {
  couvert::free_wiping(memory);
}
