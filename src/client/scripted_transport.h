// A transport for tests that answers from a list and remembers what it was asked.
#pragma once

#include <deque>
#include <functional>

#include "client/http_transport.h"
#include "client/patience.h"

namespace couvert {

/// Answers each request by the next function of `script`.
class ScriptedTransport final : public HttpTransport {
 public:
  using Step = std::function<Answer<HttpAnswer>(const HttpRequest&)>;

  Answer<HttpAnswer> send(const HttpRequest& request) override {
    std::string line = request.url;
    for (const auto& [name, value] : request.headers) {
      line.append("\n").append(name).append(": ").append(value);
    }
    asked.push_back(line);
    bodies.push_back(request.body);
    if (script.empty()) return trouble(ErrorCode::unavailable, "the script has ended");
    const Step step = std::move(script.front());
    script.pop_front();
    return step(request);
  }

  std::deque<Step> script;
  std::vector<std::string> asked;
  std::vector<std::string> bodies;
};

/// An answer as a step.
inline ScriptedTransport::Step answer(
    int status, const std::string& body,
    const std::vector<std::pair<std::string, std::string>>& more = {}) {
  return [=](const HttpRequest&) -> Answer<HttpAnswer> {
    HttpAnswer answer;
    answer.head.status = status;
    answer.head.headers = more;
    if (!body.empty()) {
      const char* type = status < 300 ? "application/json" : "application/problem+json";
      answer.head.headers.emplace_back("content-type", type);
    }
    answer.body = body;
    return answer;
  };
}

inline Problem broken_line() {
  Problem problem;
  problem.reason = reasons::broken_line;
  problem.passing = Passing::yes;
  return problem;
}

/// A line that breaks before an answer.
inline ScriptedTransport::Step broken() {
  return
      [](const HttpRequest&) -> Answer<HttpAnswer> { return tl::make_unexpected(broken_line()); };
}

/// Waits no time and counts it.
class CountedPatience final : public Patience {
 public:
  bool stopped() override { return is_stopped; }
  void wait(Duration pause) override {
    waited += pause;
    ++waits;
  }

  bool is_stopped = false;
  Duration waited{};
  int waits = 0;
};

}  // namespace couvert
