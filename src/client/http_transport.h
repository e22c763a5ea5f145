// One HTTP exchange, as the API client needs it; the real one is curl_transport.h, tests bring
// their own.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/clock.h"
#include "client/problem.h"

namespace couvert {

enum class Method { get, head, post, put, patch, erase };

/// Where the bytes of an upload come from. Threads: one.
class BodySource {
 public:
  virtual ~BodySource() = default;
  /// How many bytes come in all.
  virtual std::uint64_t size() const = 0;
  /// Fills the front of `room`; says how much. 0 is the end.
  virtual Answer<std::size_t> read(MutableBytes room) = 0;
  /// Begins anew, where a connection turned out to be dead before anything was answered.
  virtual Answer<> rewind() = 0;
};

/// The first lines of an answer.
struct AnswerHead {
  int status = 0;
  std::vector<std::pair<std::string, std::string>> headers;  // names in lower case

  /// The header's value, or nullopt where it is absent or there twice.
  std::optional<std::string_view> header(std::string_view name) const;
};

/// Where the bytes of a download go. Threads: one.
class BodySink {
 public:
  virtual ~BodySink() = default;
  /// Told before the bytes, for the statuses 200 and 206 only.
  virtual Answer<> begin(const AnswerHead& head) = 0;
  virtual Answer<> write(Bytes bytes) = 0;
};

/// Wiped at its end: headers and body hold tokens and passwords.
struct HttpRequest {
  HttpRequest() = default;
  HttpRequest(HttpRequest&&) = default;
  HttpRequest& operator=(HttpRequest&&) = default;
  ~HttpRequest();

  Method method = Method::get;
  std::string url;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;              // of a post or put
  BodySource* source = nullptr;  // of a patch, or of a post in place of a body
  BodySink* sink = nullptr;      // of a download; without one the answer holds the body
  std::size_t answer_bytes_max = 64 * 1024;
  Duration stall_max{60'000};        // without a byte in either direction
  std::optional<Duration> time_max;  // for the whole exchange; none for file bytes
};

struct HttpAnswer {
  AnswerHead head;
  std::string body;  // empty where a sink took it
};

/// Sends requests over one kept connection. Never follows a redirect. Threads: one.
class HttpTransport {
 public:
  virtual ~HttpTransport() = default;
  /// An answer of any status. Errors: Problems without a status: no line, no trust, stopped, an
  /// answer over its bounds, or what source and sink complained of.
  virtual Answer<HttpAnswer> send(const HttpRequest& request) = 0;
};

}  // namespace couvert
