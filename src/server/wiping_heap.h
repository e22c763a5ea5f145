// The heap of the server program: what is given back is overwritten, so that a password or a
// message does not stay in free memory. operator new and delete are replaced in wiping_heap.cpp.
#pragma once

#include <cstddef>

namespace couvert {

/// free(), after wiping. `memory` may be null.
void free_wiping(void* memory) noexcept;

/// realloc() that leaves no copy behind.
void* grow_wiping(void* memory, std::size_t bytes) noexcept;

}  // namespace couvert
