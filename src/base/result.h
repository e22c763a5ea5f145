// What a function returns when its work can fail: the value, or one Error that a caller can act on.
//
// Three kinds of trouble have three answers: a wrong program ends (INVARIANT), work that cannot be
// done returns a Result, a failing machine throws and is caught at three boundaries only (request,
// background round, main).
#pragma once

#include <cstdio>
#include <cstdlib>
#include <string>
#include <tl/expected.hpp>
#include <utility>

namespace couvert {

/// What a caller can act on. Add a code only for a caller that acts on it differently.
/// http/ translates them for the outside in one function, http_status().
enum class ErrorCode {
  invalid,      // the request is malformed, or a value breaks its rule
  unproven,     // the mailbox or the session is not proven
  refused,      // proven, but a policy or a wrong password says no
  denied,       // no such thing, as far as this caller may know
  expired,      // there once, past its time
  too_large,    // over a maximum
  full,         // no space left
  throttled,    // too many for now; later it may work
  conflict,     // the state does not allow this now
  damaged,      // stored bytes are not what was stored
  unavailable,  // a part that this needs is away; later it may work
};

struct Error {
  Error(ErrorCode c, std::string d) : code(c), detail(std::move(d)) {}

  ErrorCode code;
  std::string detail;  // for the log: no secrets, no file names; never shown to a user
};

/// A value or an Error. Dropping one does not compile.
template <class T = void>
class [[nodiscard]] Result : public tl::expected<T, Error> {
 public:
  using tl::expected<T, Error>::expected;
};

/// Makes an error: `return fail(ErrorCode::expired, "transfer past its date");`
inline tl::unexpected<Error> fail(ErrorCode code, std::string detail) {
  return tl::make_unexpected(Error(code, std::move(detail)));
}

/// Hands the error of a failed result on: `if (!header) return pass(header);`
template <class T>
tl::unexpected<Error> pass(const Result<T>& failed) {
  return tl::make_unexpected(failed.error());
}

}  // namespace couvert

/// Ends the process, in release builds too: the program is wrong, and going on would do harm.
#define INVARIANT(condition)                                                                  \
  do {                                                                                        \
    if (!(condition)) {                                                                       \
      std::fprintf(stderr, "invariant broken: %s (%s:%d)\n", #condition, __FILE__, __LINE__); \
      std::abort();                                                                           \
    }                                                                                         \
  } while (false)
