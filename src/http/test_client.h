// For tests: a server with routes of the test's own on a free port, and a raw socket to it.
#pragma once

#include <atomic>
#include <chrono>
#include <mutex>
#include <string>
#include <vector>

#include "http/server.h"

namespace couvert {

/// A blocking TCP connection to 127.0.0.1 that gives up after ten seconds. Tests only.
class TestClient {
 public:
  /// With a receive buffer of so many bytes, where the kernel is not to choose: it tells the server
  /// of what was read in steps of a sixteenth of that.
  explicit TestClient(std::uint16_t port, int receive_buffer = 0);
  ~TestClient();
  TestClient(const TestClient&) = delete;
  TestClient& operator=(const TestClient&) = delete;

  void send(std::string_view bytes);
  /// Bytes up to and with `end`, or what came until the connection ended.
  std::string read_until(std::string_view end);
  /// Exactly `bytes`, or fewer where the connection ended.
  std::string read(std::size_t bytes);
  /// All up to the connection's end; `broken` tells a reset from a clean end.
  std::string read_all();
  bool broken() const { return broken_; }
  /// One answer: its head, and its body by Content-Length.
  std::string read_answer(bool with_body = true);
  void close_sending();

 private:
  bool more();

  int socket_;
  std::string buffer_;
  bool broken_ = false;
};

/// The machine's clock, but that a test can jump ahead. Threads: any.
class JumpingClock final : public Clock {
 public:
  Instant now() const override { return machine_.now() + Duration(ahead_); }
  Duration running() const override { return machine_.running() + Duration(ahead_); }
  void jump(Duration by) { ahead_ += by.count(); }

 private:
  const SystemClock machine_;
  std::atomic<Duration::rep> ahead_{0};
};

/// Keeps what was logged. Threads: any.
class TestLog final : public Log {
 public:
  void write(LogLevel level, std::string_view event,
             std::initializer_list<LogField> fields) override;
  std::string text() const;

 private:
  mutable std::mutex mutex_;
  std::string text_;
};

/// The value of a field of an answer's head, or "".
std::string field_of(std::string_view answer, std::string_view name);

}  // namespace couvert
