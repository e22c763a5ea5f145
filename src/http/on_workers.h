// Work on other threads, awaited by a coroutine.
#pragma once

#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <exception>
#include <memory>
#include <optional>

#include "http/task.h"
#include "http/turns.h"

namespace couvert {

/// Work under way, whose answer is still to be taken. The coroutine that began it may do something
/// else meanwhile, such as reading the next bytes.
///
/// Order:    take() once. Whatever the work refers to lives until then, or is shared with it.
/// Threads:  begin() and take() on the connection's strand.
template <class T>
class Pending {
 public:
  /// Hands `work` (a callable that returns Result<T>) to `workers`, in the place kept for it.
  template <class Work>
  static Pending begin(Workers& workers, const Strand& strand, Work work,
                       Workers::Place&& place = nullptr) {
    auto state = std::make_shared<State>(strand);
    const bool taken = workers.post(as_function(state, strand, std::move(work)), std::move(place));
    return from(std::move(state), taken);
  }

  /// The same for the work that a request begins with, in its network's turn.
  template <class Work>
  static Pending begin_in_turn(Turns& turns, const std::string& network, const Strand& strand,
                               Work work) {
    auto state = std::make_shared<State>(strand);
    const bool taken = turns.begin(network, as_function(state, strand, std::move(work)));
    return from(std::move(state), taken);
  }

  /// Waits for the answer. Errors: those of the work; `unavailable` where the queue was full.
  Task<T> take() {
    const std::shared_ptr<State> state = std::move(state_);
    while (!state->result && !state->thrown) {
      boost::system::error_code cancelled;
      co_await state->done.async_wait(
          boost::asio::redirect_error(boost::asio::use_awaitable, cancelled));
    }
    if (state->thrown) std::rethrow_exception(state->thrown);
    co_return std::move(*state->result);
  }

 private:
  struct State {
    explicit State(const Strand& strand)
        : done(strand, boost::asio::steady_timer::time_point::max()) {}
    std::optional<Result<T>> result;
    std::exception_ptr thrown;
    boost::asio::steady_timer done;  // never fires: cancelled when the answer is there
  };

  explicit Pending(std::shared_ptr<State> state) : state_(std::move(state)) {}

  static Pending from(std::shared_ptr<State> state, bool taken) {
    if (!taken) state->result.emplace(fail(ErrorCode::unavailable, "too much work waits"));
    return Pending(std::move(state));
  }

  template <class Work>
  static std::function<void()> as_function(const std::shared_ptr<State>& state,
                                           const Strand& strand, Work work) {
    return [state, strand, work = std::move(work)]() mutable {
      std::optional<Result<T>> result;
      std::exception_ptr thrown;
      try {
        result.emplace(work());
      } catch (...) {
        thrown = std::current_exception();  // rethrown in take(), at the request's boundary
      }
      boost::asio::post(strand, [state, result = std::move(result), thrown]() mutable {
        state->result = std::move(result);
        state->thrown = thrown;
        state->done.cancel();
      });
    };
  }

  std::shared_ptr<State> state_;
};

}  // namespace couvert
