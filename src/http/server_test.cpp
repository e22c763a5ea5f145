#include <doctest/doctest.h>

#include <atomic>
#include <thread>

#include "crypto/random.h"
#include "http/problem.h"
#include "http/test_client.h"

using namespace couvert;

namespace {

using Ask = const std::shared_ptr<const Request>&;

// What the fake file's bytes are: different at every place.
std::byte byte_at(std::uint64_t at) {
  return static_cast<std::byte>((at * 31 + (at >> 8)) & 0xff);
}

std::string bytes_of(std::uint64_t first, std::size_t count) {
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
  std::atomic<int> delivered{0};
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
  Result<> delivered() override {
    ++seen_.delivered;
    return {};
  }

 private:
  Seen& seen_;
  const std::uint64_t size_;
  const std::string name_ = "Prüfung.pdf";
  const std::string etag_ = "abc";
  std::string piece_;
};

Response text(std::string body) {
  Response response;
  response.content_type = "text/plain";
  response.body = std::move(body);
  return response;
}

std::vector<Route> test_routes(Seen& seen) {
  const Access quick(Who::anyone, Body::none, Pace::quick);
  const Access blocking(Who::anyone, Body::none);
  std::vector<Route> routes;
  routes.emplace_back(Method::get, "/healthz", quick, [](Ask) { return text("alive\n"); });
  routes.emplace_back(Method::get, "/slow", blocking, [](Ask) {
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
  routes.emplace_back(Method::get, "/stretch", blocking, [](Ask) -> Outcome {
    return Later{Where::argon, []() -> Outcome {
                   return Later{Where::pool, []() -> Outcome { return text("stretched"); }};
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
    auto started = HttpServer::start({clock, random, log}, std::move(config), test_routes(seen));
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

  SystemClock clock;
  SystemRandom random;
  TestLog log;
  Seen seen;
  std::unique_ptr<HttpServer> server;
};

std::string get(const std::string& path, const std::string& more = "") {
  return "GET " + path + " HTTP/1.1\r\nHost: x\r\n" + more + "\r\n";
}

std::string patch(const std::string& no, std::size_t bytes, const std::string& more = "") {
  return "PATCH /up/" + no + " HTTP/1.1\r\nHost: x\r\nContent-Length: " + std::to_string(bytes) +
         "\r\nContent-Type: application/offset+octet-stream\r\nTus-Resumable: 1.0.0\r\n" + more +
         "\r\n";
}

std::string post(const std::string& body, const std::string& more = "") {
  return "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: " +
         std::to_string(body.size()) + "\r\n" + more + "\r\n" + body;
}

void wait_until(const std::atomic<bool>& flag) {
  for (int i = 0; i < 500 && !flag; ++i) std::this_thread::sleep_for(std::chrono::milliseconds(10));
}

}  // namespace

TEST_CASE("every answer carries the security headers and no version") {
  TestServer test;
  for (const std::string path : {"/healthz", "/nowhere", "/down/10"}) {
    const std::string answer = test.ask(get(path));
    CHECK(field_of(answer, "X-Content-Type-Options") == "nosniff");
    CHECK(field_of(answer, "X-Frame-Options") == "DENY");
    CHECK(field_of(answer, "Referrer-Policy") == "no-referrer");
    CHECK(field_of(answer, "Cross-Origin-Opener-Policy") == "same-origin");
    CHECK(field_of(answer, "Cross-Origin-Resource-Policy") == "same-origin");
    CHECK(field_of(answer, "Content-Security-Policy") ==
          "default-src 'none'; base-uri 'none'; form-action 'none'; "
          "frame-ancestors 'none'; sandbox");
    CHECK(field_of(answer, "Cache-Control") == "no-store");
    CHECK(field_of(answer, "Strict-Transport-Security").starts_with("max-age="));
    CHECK(field_of(answer, "Permissions-Policy").find("camera=()") != std::string::npos);
    CHECK(field_of(answer, "Server").empty());
    CHECK(!field_of(answer, "Date").empty());
  }
}

TEST_CASE("requests on one connection are answered in their order") {
  TestServer test;
  TestClient client(test.server->port());
  client.send(get("/slow") + get("/healthz") + post("[1]") + get("/stretch"));
  CHECK(client.read_answer().ends_with("slow"));
  CHECK(client.read_answer().ends_with("alive\n"));
  CHECK(client.read_answer().ends_with("[1]"));
  CHECK(client.read_answer().ends_with("stretched"));
}

TEST_CASE("a malformed request is answered, then the connection ends") {
  TestServer test;
  TestClient client(test.server->port());
  client.send("GET /healthz HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n");
  const std::string answer = client.read_all();
  CHECK(answer.starts_with("HTTP/1.1 400 "));
  CHECK(field_of(answer, "Connection") == "close");
  CHECK(!client.broken());
}

TEST_CASE("protocol trouble has a status of its own") {
  TestServer test;
  CHECK(test.status(get("/nowhere")) == 404);
  CHECK(test.status("DELETE /healthz HTTP/1.1\r\nHost: x\r\n\r\n") == 405);
  CHECK(test.status("BREW /healthz HTTP/1.1\r\nHost: x\r\n\r\n") == 501);
  CHECK(test.status("GET /healthz HTTP/2.0\r\nHost: x\r\n\r\n") == 505);
  CHECK(test.status("POST /echo HTTP/1.1\r\nHost: x\r\n\r\n") == 411);
  CHECK(test.status("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\n1") == 415);
  CHECK(test.status("POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n") == 411);
  CHECK(test.status("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
                    "Content-Length: 1048577\r\n\r\n") == 413);
  CHECK(test.status(get("/healthz", "X: " + std::string(17'000, 'x') + "\r\n")) == 431);
  CHECK(test.status(post("{\"a\":1,\"a\":2}")) == 400);
  CHECK(test.status(get("/throws")) == 500);
}

TEST_CASE("a problem names its code and the request, which the log names too") {
  TestServer test;
  const std::string answer = test.ask(get("/nowhere"));
  CHECK(field_of(answer, "Content-Type") == "application/problem+json");
  const auto json = parse_json(answer.substr(answer.find("\r\n\r\n") + 4), {});
  REQUIRE(json);
  CHECK(*json->find("code")->string() == "denied");
  const std::string id = *json->find("request_id")->string();
  test.server->stop();  // the line is written when the answer is out
  CHECK(test.log.text().find("request_id=" + id) != std::string::npos);
}

TEST_CASE("the log names the route's template and the network, never the path") {
  TestServer test;
  test.ask(get("/down/12345?secret=1"));
  test.server->stop();
  CHECK(test.log.text().find("route=/down/{size_no} status=200") != std::string::npos);
  CHECK(test.log.text().find("network=127.0.0.1") != std::string::npos);
  CHECK(test.log.text().find("/12345") == std::string::npos);
  CHECK(test.log.text().find("secret") == std::string::npos);
}

TEST_CASE("what is our fault is explained in the log, and only there") {
  TestServer test;
  const std::string answer = test.ask(get("/damaged"));
  CHECK(answer.starts_with("HTTP/1.1 500 "));
  CHECK(answer.find("mark") == std::string::npos);
  test.server->stop();
  CHECK(test.log.text().find("detail=a chunk's mark is wrong") != std::string::npos);
}

TEST_CASE("X-Forwarded-For counts only from a configured proxy") {
  const std::string forged = get("/network", "X-Forwarded-For: 192.0.2.7\r\n");
  TestServer alone;
  CHECK(alone.ask(forged).ends_with("127.0.0.1"));
  HttpConfig config;
  config.proxies = {"127.0.0.0/8"};
  TestServer behind(config);
  CHECK(behind.ask(forged).ends_with("192.0.2.7"));
}

TEST_CASE("a change by a cookie must come from the portal's own pages") {
  TestServer test;
  const std::string cookie = "Cookie: __Host-session=x\r\n";
  CHECK(test.status(post("1", cookie)) == 403);
  CHECK(test.status(post("1", cookie + "Sec-Fetch-Site: cross-site\r\n")) == 403);
  CHECK(test.status(post("1", cookie + "Origin: https://evil.example\r\n")) == 403);
  CHECK(test.status(post("1", cookie + "Sec-Fetch-Site: same-origin\r\n")) == 200);
  CHECK(test.status(post("1", cookie + "Origin: https://transfer.example.org\r\n")) == 200);
  CHECK(test.status(post("1")) == 200);
  const std::string token = "Authorization: Bearer " + std::string(43, 'A') + "\r\n";
  CHECK(test.status(post("1", cookie + token)) == 200);
}

TEST_CASE("an upload arrives whole, in pieces, after 100 Continue") {
  TestServer test;
  const std::string body = bytes_of(0, 700'000);
  TestClient client(test.server->port());
  client.send(patch("1", body.size(), "Expect: 100-continue\r\n"));
  CHECK(client.read_until("\r\n\r\n") == "HTTP/1.1 100 Continue\r\n\r\n");
  client.send(body);
  const std::string answer = client.read_answer();
  CHECK(answer.starts_with("HTTP/1.1 204 "));
  CHECK(field_of(answer, "Upload-Offset") == "700000");
  CHECK(field_of(answer, "Tus-Resumable") == "1.0.0");
  CHECK(field_of(answer, "Content-Length").empty());
  CHECK(test.seen.uploaded == body);
  CHECK(test.seen.finished);
  client.send(get("/healthz"));
  CHECK(client.read_answer().ends_with("alive\n"));
}

TEST_CASE("a route of tus serves its version alone, and all its answers name it") {
  TestServer test;
  const std::string path = "/up/1 HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n";
  const std::string type = "Content-Type: application/offset+octet-stream\r\n";
  for (const std::string version : {"", "Tus-Resumable: 0.2.2\r\n"}) {
    const std::string answer = test.ask("PATCH " + path + type + version + "\r\n");
    CHECK(answer.starts_with("HTTP/1.1 412 "));
    CHECK(field_of(answer, "Tus-Version") == "1.0.0");
    CHECK(field_of(answer, "Tus-Resumable") == "1.0.0");
  }
  const std::string ours = "Tus-Resumable: 1.0.0\r\n";
  for (const auto& [request, status] : std::initializer_list<std::pair<std::string, std::string>>{
           {patch("1", 0), "204"},
           {patch("7", 0), "409"},
           {"PATCH " + path + ours + "\r\n", "415"},
           {"DELETE " + path + ours + "\r\n", "405"},
           {"POST " + path + type + ours + "X-HTTP-Method-Override: PATCH\r\n\r\n", "204"},
           {"GET " + path + type + ours + "X-HTTP-Method-Override: PATCH\r\n\r\n", "400"},
           {"POST " + path + type + ours + "X-HTTP-Method-Override: BREW\r\n\r\n", "405"},
           {get("/nowhere", ours), "404"}}) {
    CAPTURE(request);
    const std::string answer = test.ask(request);
    CHECK(answer.starts_with("HTTP/1.1 " + status));
    CHECK(field_of(answer, "Tus-Resumable") == "1.0.0");
  }
  CHECK(field_of(test.ask(patch("1", 0)), "Always") == "x");
  CHECK(field_of(test.ask(get("/nowhere")), "Tus-Resumable").empty());
}

TEST_CASE("an upload whose line breaks is parked with what came") {
  TestServer test;
  {
    TestClient client(test.server->port());
    client.send(patch("1", 700'000) + bytes_of(0, 300'000));
    client.close_sending();
    wait_until(test.seen.parked);
  }
  CHECK(test.seen.parked);
  CHECK(!test.seen.finished);
  CHECK(test.seen.uploaded == bytes_of(0, 300'000));
}

TEST_CASE("an upload that is refused early is answered, though its body is on its way") {
  TestServer test;
  TestClient refused(test.server->port());
  refused.send(patch("7", 3'000'000) + bytes_of(0, 3'000'000));
  CHECK(refused.read_answer().starts_with("HTTP/1.1 409 "));
  TestClient full(test.server->port());
  full.send(patch("1", 3'000'000) + "full" + bytes_of(4, 2'999'996));
  CHECK(full.read_answer().starts_with("HTTP/1.1 507 "));
  // No 100 Continue for what is refused.
  CHECK(test.status(patch("7", 3'000'000, "Expect: 100-continue\r\n")) == 409);
}

TEST_CASE("a download has its length, name and every byte, and is noted as delivered once") {
  TestServer test;
  const std::string answer = test.ask(get("/down/700000"));
  CHECK(answer.starts_with("HTTP/1.1 200 "));
  CHECK(field_of(answer, "Content-Disposition") ==
        "attachment; filename=\"Pr_fung.pdf\"; filename*=UTF-8''Pr%C3%BCfung.pdf");
  CHECK(field_of(answer, "ETag") == "\"abc\"");
  CHECK(field_of(answer, "Accept-Ranges") == "bytes");
  CHECK(answer.substr(answer.find("\r\n\r\n") + 4) == bytes_of(0, 700'000));
  for (int i = 0; i < 200 && test.seen.delivered == 0; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  CHECK(test.seen.delivered == 1);
}

TEST_CASE("a range is answered with 206, and only the end of a resumed one is a delivery") {
  TestServer test;
  const std::string part = test.ask(get("/down/700000", "Range: bytes=300000-300009\r\n"));
  CHECK(part.starts_with("HTTP/1.1 206 "));
  CHECK(field_of(part, "Content-Range") == "bytes 300000-300009/700000");
  CHECK(part.ends_with("\r\n\r\n" + bytes_of(300'000, 10)));
  const std::string other =
      test.ask(get("/down/70", "Range: bytes=60-\r\nIf-Range: \"other\"\r\n"));
  CHECK(other.starts_with("HTTP/1.1 200 "));
  const std::string past = test.ask(get("/down/70", "Range: bytes=70-\r\n"));
  CHECK(past.starts_with("HTTP/1.1 416 "));
  CHECK(field_of(past, "Content-Range") == "bytes */70");
  test.server->stop();
  CHECK(test.seen.delivered == 1);  // the whole one that If-Range made
}

TEST_CASE("HEAD gives the head of the download and none of its bytes") {
  TestServer test;
  TestClient client(test.server->port());
  client.send("HEAD /down/70 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  const std::string answer = client.read_all();
  CHECK(field_of(answer, "Content-Length") == "70");
  CHECK(answer.ends_with("\r\n\r\n"));
  CHECK(test.seen.delivered == 0);
}

TEST_CASE("a download that cannot be read to its end breaks off, and never ends as if whole") {
  TestServer test;
  TestClient client(test.server->port());
  client.send(get("/down/666666"));
  const std::string answer = client.read_all();
  CHECK(client.broken());
  CHECK(answer.size() < 666'666);
  CHECK(test.seen.delivered == 0);
}

TEST_CASE("stopping lets running requests end and takes no new ones") {
  TestServer test;
  TestClient idle(test.server->port());
  TestClient running(test.server->port());
  running.send(get("/slow"));
  std::this_thread::sleep_for(std::chrono::milliseconds(20));
  std::thread stopping([&test] { test.server->stop(); });
  const std::string answer = running.read_all();
  CHECK(answer.ends_with("slow"));
  CHECK(field_of(answer, "Connection") == "close");
  CHECK(idle.read_all().empty());
  stopping.join();
}

TEST_CASE("a table with two rows for one thing does not start") {
  SystemClock clock;
  SystemRandom random;
  TestLog log;
  Seen seen;
  std::vector<Route> routes = test_routes(seen);
  routes.push_back(routes.front());
  CHECK(HttpServer::start({clock, random, log}, {}, routes).error().code == ErrorCode::invalid);
}
