#include "http/task.h"

// Never compiled as one with a coroutine (CMakeLists.txt): what Asio keeps for each thread would be
// inlined there, and clang keeps its address over a wait, behind which another thread may go on.
#include <boost/asio/impl/src.hpp>
#include <boost/beast/src.hpp>
