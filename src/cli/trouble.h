// What the command line says when something goes wrong, and how it ends.
//
//     couvert: error: …
//     couvert: hint: …
//
// The exit code follows the error code. Scripts build on the numbers: never change one.
#pragma once

#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <utility>

#include "base/result.h"
#include "client/problem.h"

namespace couvert {

enum class Exit {
  ok = 0,
  failed = 1,  // the machine failed: out of memory, say
  usage = 2,
  invalid = 3,
  unproven = 4,
  refused = 5,
  denied = 6,
  expired = 7,
  too_large = 8,
  full = 9,
  throttled = 10,
  conflict = 11,
  damaged = 12,
  unavailable = 13,
  interrupted = 130,  // as a shell says it of SIGINT
};

Exit exit_of(ErrorCode code);

struct Trouble {
  Exit exit = Exit::failed;
  std::string message;  // one sentence without a full stop; may hold foreign text
  std::string hint;     // what to do; may be empty
};

/// A value or a Trouble. Dropping one does not compile.
template <class T = void>
class [[nodiscard]] Outcome : public tl::expected<T, Trouble> {
 public:
  using tl::expected<T, Trouble>::expected;
};

/// Makes one.
tl::unexpected<Trouble> complain(Exit exit, std::string message, std::string hint = {});
/// The same for a wrong use of the command.
inline tl::unexpected<Trouble> misused(std::string message, std::string hint = {}) {
  return complain(Exit::usage, std::move(message), std::move(hint));
}

/// Hands one on.
template <class T>
tl::unexpected<Trouble> pass(const Outcome<T>& failed) {
  return tl::make_unexpected(failed.error());
}

/// Says a client's problem in words.
Trouble in_words(const Problem& problem);

/// Hands a client's problem on, in words.
template <class T>
tl::unexpected<Trouble> complain(const Answer<T>& failed) {
  return tl::make_unexpected(in_words(failed.error()));
}

}  // namespace couvert
