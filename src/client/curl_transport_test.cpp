#include "client/curl_transport.h"

#include <arpa/inet.h>
#include <doctest/doctest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <thread>

#include "client/scripted_transport.h"

using namespace couvert;

namespace {

// A server on this machine that answers each of so many connections with the same bytes.
class CannedServer {
 public:
  CannedServer(std::string bytes, int connections) {
    listener_ = socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof(address);
    auto* raw = reinterpret_cast<sockaddr*>(&address);
    REQUIRE(bind(listener_, raw, size) == 0);
    REQUIRE(listen(listener_, 4) == 0);
    REQUIRE(getsockname(listener_, raw, &size) == 0);
    url = "http://127.0.0.1:" + std::to_string(ntohs(address.sin_port)) + "/x";
    thread_ = std::thread([this, bytes = std::move(bytes), connections] {
      for (int i = 0; i < connections; ++i) answer_one(bytes);
    });
  }
  ~CannedServer() {
    shutdown(listener_, SHUT_RDWR);
    thread_.join();
    close(listener_);
  }

  std::string url;
  std::string request;  // the last one's first bytes

 private:
  void answer_one(const std::string& bytes) {
    const int line = accept(listener_, nullptr, nullptr);
    if (line < 0) return;
    std::array<char, 8192> room;
    const ssize_t got = recv(line, room.data(), room.size(), 0);
    request.assign(room.data(), got > 0 ? static_cast<std::size_t>(got) : 0);
    static_cast<void>(send(line, bytes.data(), bytes.size(), MSG_NOSIGNAL));
    shutdown(line, SHUT_WR);
    while (recv(line, room.data(), room.size(), 0) > 0) continue;
    close(line);
  }

  int listener_ = -1;
  std::thread thread_;
};

class TextSink final : public BodySink {
 public:
  Answer<> begin(const AnswerHead& head) override {
    begun = head.status;
    return Answer<>();
  }
  Answer<> write(Bytes bytes) override {
    text += as_text(bytes);
    if (refuses) return trouble(ErrorCode::full, reasons::target);
    return Answer<>();
  }
  int begun = 0;
  bool refuses = false;
  std::string text;
};

Answer<HttpAnswer> get(CannedServer& server, BodySink* sink = nullptr, bool stopped = false) {
  CountedPatience patience;
  patience.is_stopped = stopped;
  CurlTransport transport({.ca_file = "", .user_agent = "test"}, patience);
  HttpRequest request;
  request.url = server.url;
  request.headers.emplace_back("Authorization", "Bearer tok");
  request.sink = sink;
  request.answer_bytes_max = 10;
  return transport.send(request);
}

}  // namespace

TEST_CASE("an answer comes with its status, headers and body") {
  CannedServer server(
      "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 404 No\r\nX-A:  b \r\n"
      "Content-Length: 3\r\n\r\nabc",
      1);
  const auto answer = get(server);
  REQUIRE(answer);
  CHECK(answer->head.status == 404);
  CHECK(answer->head.header("x-a") == "b");
  CHECK(answer->body == "abc");
  CHECK(server.request.find("Authorization: Bearer tok\r\n") != std::string::npos);
}

TEST_CASE("a redirect is handed back, not followed") {
  CannedServer server(
      "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\n"
      "Content-Length: 0\r\n\r\n",
      1);
  const auto answer = get(server);
  REQUIRE(answer);
  CHECK(answer->head.status == 302);
}

TEST_CASE("an answer over its bound is broken off") {
  CannedServer fits("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n0123456789", 1);
  CHECK(get(fits));
  CannedServer body("HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\n0123456789a", 1);
  CHECK(get(body).error().code == ErrorCode::too_large);
  std::string head = "HTTP/1.1 200 OK\r\n";
  for (int i = 0; i < 70; ++i) head += "X: " + std::string(1000, 'a') + "\r\n";
  CannedServer headers(head + "Content-Length: 0\r\n\r\n", 1);
  CHECK(get(headers).error().code == ErrorCode::too_large);
}

TEST_CASE("a header that is there twice counts as none") {
  CannedServer server("HTTP/1.1 200 OK\r\nETag: \"a\"\r\nETag: \"b\"\r\nContent-Length: 0\r\n\r\n",
                      1);
  CHECK_FALSE(get(server)->head.header("etag"));
}

TEST_CASE("file bytes go to their sink, errors do not") {
  TextSink sink;
  CannedServer bytes("HTTP/1.1 200 OK\r\nContent-Length: 12\r\n\r\n0123456789ab", 1);
  REQUIRE(get(bytes, &sink));
  CHECK(sink.begun == 200);
  CHECK(sink.text == "0123456789ab");
  TextSink unused;
  CannedServer problem("HTTP/1.1 404 No\r\nContent-Length: 3\r\n\r\nabc", 1);
  CHECK(get(problem, &unused)->body == "abc");
  CHECK(unused.begun == 0);
}

TEST_CASE("what the sink complains of is the answer") {
  TextSink sink;
  sink.refuses = true;
  CannedServer server("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc", 1);
  CHECK(get(server, &sink).error().code == ErrorCode::full);
}

TEST_CASE("an answer that ends early is a broken line that may pass") {
  TextSink sink;
  CannedServer server("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc", 1);
  const auto answer = get(server, &sink);
  REQUIRE_FALSE(answer);
  CHECK(answer.error().reason == reasons::broken_line);
  CHECK(answer.error().passing == Passing::yes);
}

TEST_CASE("who wants to stop sends nothing") {
  CannedServer server("", 1);
  CHECK(get(server, nullptr, true).error().reason == reasons::interrupted);
}

TEST_CASE("no server is said as such") {
  CountedPatience patience;
  CurlTransport transport({.ca_file = "", .user_agent = "test"}, patience);
  HttpRequest request;
  request.url = "http://127.0.0.1:1/";
  const auto answer = transport.send(request);
  REQUIRE_FALSE(answer);
  CHECK(answer.error().reason == reasons::no_connection);
  request.url = "ftp://127.0.0.1:1/";
  CHECK(transport.send(request).error().passing == Passing::no);
}
