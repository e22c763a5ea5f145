// A server with routes that answer, fail, take and give bytes without a store, and its clients.
#pragma once

#include <doctest/doctest.h>

#include <algorithm>
#include <atomic>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "crypto/random.h"
#include "http/problem.h"
#include "http/test_client.h"

namespace couvert {

using Ask = const std::shared_ptr<const Request>&;

// What the fake file's bytes are: different at every place.
inline std::byte byte_at(std::uint64_t at) {
  return static_cast<std::byte>((at * 31 + (at >> 8)) & 0xff);
}

inline std::string bytes_of(std::uint64_t first, std::size_t count) {
  std::string out;
  for (std::size_t i = 0; i < count; ++i) out += static_cast<char>(byte_at(first + i));
  return out;
}

// What happened to uploads and downloads; the test looks at it afterwards.
struct Seen {
  std::mutex mutex;
  std::string uploaded;
  std::atomic<bool> finished{false};
  std::atomic<bool> parked{false};
  std::atomic<bool> settled{false};
  std::atomic<int> delivered{0};
  std::atomic<int> admitted{0};
  std::atomic<int> stretching{0};
  std::atomic<bool> hold{false};  // whoever stretches, or is at the gate
  std::atomic<int> counted{0};
  std::atomic<int> slow{0};
};

class FakeUpload final : public Upload {
 public:
  explicit FakeUpload(Seen& seen) : seen_(seen) {}
  Result<> write(Bytes bytes) override {
    const std::lock_guard lock(seen_.mutex);
    if (as_text(bytes).starts_with("full")) return fail(ErrorCode::full, "no space");
    seen_.uploaded += as_text(bytes);
    return {};
  }
  bool has_unsettled() const override { return true; }
  void settle() override { seen_.settled = true; }
  Result<std::uint64_t> finish() override {
    seen_.finished = true;
    return offset();
  }
  void break_off() override { seen_.parked = true; }
  std::uint64_t offset() const override { return seen_.uploaded.size(); }

 private:
  Seen& seen_;
};

class FakeDownload final : public Download {
 public:
  FakeDownload(Seen& seen, std::uint64_t size) : seen_(seen), size_(size) {}
  std::uint64_t size() const override { return size_; }
  const std::string& name() const override { return name_; }
  const std::string& etag() const override { return etag_; }
  Result<Bytes> read(std::uint64_t offset, std::size_t bytes_max) override {
    if (size_ == 666'666 && offset > 300'000) return fail(ErrorCode::damaged, "a flipped bit");
    piece_ = bytes_of(offset, std::min<std::size_t>(bytes_max, 100'000));
    return as_bytes(piece_);
  }
  void delivered() override { ++seen_.delivered; }

 private:
  Seen& seen_;
  const std::uint64_t size_;
  const std::string name_ = "Prüfung.pdf";
  const std::string etag_ = "abc";
  std::string piece_;
};

inline Response text(std::string body) {
  Response response;
  response.content_type = "text/plain";
  response.body = std::move(body);
  return response;
}

inline std::vector<Route> test_routes(Seen& seen) {
  const Access quick(Who::anyone, Body::none, Pace::quick);
  const Access blocking(Who::anyone, Body::none);
  std::vector<Route> routes;
  routes.emplace_back(Method::get, "/healthz", quick, [](Ask) { return text("alive\n"); });
  routes.emplace_back(Method::get, "/gate", quick, [&seen](Ask) {
    while (seen.hold) std::this_thread::yield();
    return text("open");
  });
  routes.emplace_back(Method::get, "/count", quick,
                      [&seen](Ask) { return text(std::to_string(++seen.counted)); });
  routes.emplace_back(Method::get, "/mark", quick,
                      [&seen](Ask) { return text(std::to_string(seen.counted)); });
  routes.emplace_back(Method::get, "/slow", blocking, [&seen](Ask) {
    ++seen.slow;
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    return text("slow");
  });
  routes.emplace_back(Method::get, "/throws", blocking,
                      [](Ask) -> Outcome { throw std::bad_alloc(); });
  routes.emplace_back(Method::get, "/damaged", blocking, [](Ask) -> Outcome {
    return Error(ErrorCode::damaged, "a chunk's mark is wrong");
  });
  routes.emplace_back(Method::get, "/network", blocking,
                      [](Ask request) { return text(request->caller.network); });
  routes.emplace_back(Method::post, "/echo", Access(Who::client, Body::json),
                      [](Ask request) { return text(request->json.write()); });
  routes.emplace_back(Method::post, "/framed", Access(Who::client, Body::json_form),
                      [](Ask request) {
                        Response page = text(request->json.write());
                        page.shown = Shown::mail;
                        return page;
                      });
  routes.emplace_back(Method::get, "/stretch", blocking, [](Ask) -> Outcome {
    return Later{Where::argon, []() -> Outcome {
                   return Later{Where::pool, []() -> Outcome { return text("stretched"); }};
                 }};
  });
  routes.emplace_back(Method::get, "/admitted", blocking, [&seen](Ask) -> Outcome {
    return Later{Where::admission, [&seen]() -> Outcome {
                   ++seen.admitted;
                   return Later{Where::argon, [&seen]() -> Outcome {
                                  ++seen.stretching;
                                  while (seen.hold) std::this_thread::yield();
                                  return text("stretched");
                                }};
                 }};
  });
  Access tus(Who::anyone, Body::stream);
  tus.tus = true;
  routes.emplace_back(Method::patch, "/up/{file_no}", tus, [&seen](Ask request) -> Outcome {
    if (request->arguments[0] == "7") return Error(ErrorCode::conflict, "");
    Response taken;
    taken.status = 204;
    return UploadBody{std::make_unique<FakeUpload>(seen), std::move(taken), {{"Always", "x"}}};
  });
  const auto download = [&seen](Ask request) -> Outcome {
    const std::uint64_t size = std::stoull(request->arguments[0]);
    return FileBody{std::make_unique<FakeDownload>(seen, size), "application/octet-stream"};
  };
  routes.emplace_back(Method::get, "/down/{size_no}", blocking, download);
  routes.emplace_back(Method::head, "/down/{size_no}", blocking, download);
  return routes;
}

struct TestServer {
  explicit TestServer(HttpConfig config = {}) {
    config.base_url = "https://transfer.example.org";
    config.pool_threads = 2;
    auto started =
        HttpServer::start({clock, random, log, metrics}, std::move(config), test_routes(seen));
    REQUIRE(started);
    server = std::move(*started);
  }

  std::string ask(std::string_view request) {
    TestClient client(server->port());
    client.send(request);
    return client.read_answer();
  }
  int status(std::string_view request) {
    const std::string answer = ask(request);
    return answer.size() < 12 ? 0 : std::stoi(answer.substr(9, 3));
  }

  JumpingClock clock;
  SystemRandom random;
  TestLog log;
  Metrics metrics;
  Seen seen;
  std::unique_ptr<HttpServer> server;
};

inline std::string get(const std::string& path, const std::string& more = "") {
  return "GET " + path + " HTTP/1.1\r\nHost: x\r\n" + more + "\r\n";
}

inline std::string patch(const std::string& no, std::size_t bytes, const std::string& more = "") {
  return "PATCH /up/" + no + " HTTP/1.1\r\nHost: x\r\nContent-Length: " + std::to_string(bytes) +
         "\r\nContent-Type: application/offset+octet-stream\r\nTus-Resumable: 1.0.0\r\n" + more +
         "\r\n";
}

inline std::string post(const std::string& body, const std::string& more = "") {
  return "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: " +
         std::to_string(body.size()) + "\r\n" + more + "\r\n" + body;
}

inline std::string post_form(const std::string& body, const std::string& more = "") {
  return "POST /framed HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\n"
         "Content-Length: " +
         std::to_string(body.size()) + "\r\n" + more + "\r\n" + body;
}

inline void wait_until(const auto& holds) {
  for (int i = 0; i < 1000 && !holds(); ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
}

inline void wait_for(const std::atomic<int>& count, int wanted) {
  wait_until([&] { return count == wanted; });
  REQUIRE(count == wanted);
}

}  // namespace couvert
