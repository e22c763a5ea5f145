// One server's HTTP API as a line to it: requests with what every one of them carries, answers as
// JSON or as the Problem that they tell.
//
// Nothing is repeated here.
#pragma once

#include <optional>
#include <string>

#include "base/json.h"
#include "client/http_transport.h"
#include "client/server_url.h"
#include "client/wiped_text.h"

namespace couvert {

/// An answer that no Couvert gives.
tl::unexpected<Problem> foreign_answer(std::string detail);

/// Errors of all: the server's, and those of HttpTransport::send(). An answer that no Couvert gives
/// is `unavailable` with reasons::foreign_answer.
/// Lifetime: `transport` must outlive it. Threads: one.
class ApiLine {
 public:
  static constexpr Duration tidying_time_max{15'000};  // for what only tidies up

  ApiLine(HttpTransport& transport, ServerUrl server);

  /// The same server and session over another transport.
  ApiLine over(HttpTransport& transport) const;

  /// The session of every later request; an empty token ends that.
  void use_session(WipedText token);
  bool has_session() const { return !session_.empty(); }
  const ServerUrl& server() const { return server_; }
  /// The server's clock, as its last answer gave it; nullopt before one did.
  std::optional<Instant> server_time() const { return server_time_; }

  /// A request to `path`, which begins with a slash, with the session.
  HttpRequest request(Method method, const std::string& path) const;
  /// An answer of status 2xx.
  Answer<HttpAnswer> exchange(const HttpRequest& request);
  /// Its JSON, which the caller wipes where it holds a secret.
  Answer<Json> ask(HttpRequest request);
  /// Sends `body`; wiped behind it.
  Answer<Json> ask(HttpRequest request, Json body);
  /// The same where there is nothing in the answer.
  Answer<> tell(HttpRequest request, Json body);

 private:
  HttpTransport& transport_;
  ServerUrl server_;
  WipedText session_;
  std::optional<Instant> server_time_;
};

/// Wipes every text below `json`.
void wipe_texts(Json& json);

/// The value in an answer's JSON, which is wiped.
template <class T>
Answer<T> read_answer(Answer<Json> json, Answer<T> (*reader)(const Json&)) {
  if (!json) return pass(json);
  Answer<T> value = reader(*json);
  wipe_texts(*json);
  return value;
}

}  // namespace couvert
