#include <doctest/doctest.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/limits.h"
#include "http/test_server.h"

using namespace couvert;

TEST_CASE("what needs the short queue is not begun where there is no room in it") {
  HttpConfig config;
  config.argon2_threads = 1;
  TestServer server(std::move(config));
  server.seen.hold = true;
  std::vector<std::unique_ptr<TestClient>> clients;
  const auto begin = [&] {
    clients.push_back(std::make_unique<TestClient>(server.server->port()));
    clients.back()->send(get("/admitted"));
    wait_for(server.seen.admitted, static_cast<int>(clients.size()));
  };
  begin();
  wait_for(server.seen.stretching, 1);
  constexpr std::size_t share = limits::argon2_waiting_max / 4;  // of one network
  for (std::size_t i = 0; i < share; ++i) begin();
  const std::string refused = server.ask(get("/admitted"));
  CHECK(refused.starts_with("HTTP/1.1 503 "));
  CHECK(field_of(refused, "Retry-After") == "5");
  CHECK(server.seen.admitted == static_cast<int>(share) + 1);
  CHECK(server.status(get("/healthz")) == 200);
  server.seen.hold = false;
  for (const auto& client : clients) CHECK(client->read_answer().ends_with("stretched"));
  CHECK(server.status(get("/admitted")) == 200);
}

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

TEST_CASE("a mail is shown in a frame of the portal, with its own styles and nothing else") {
  TestServer test;
  const std::string answer = test.ask(post_form("json=%5B1%2C%22a+b%22%5D"));
  CHECK(answer.ends_with("[1,\"a b\"]"));
  CHECK(field_of(answer, "X-Frame-Options") == "SAMEORIGIN");
  CHECK(field_of(answer, "Content-Security-Policy") ==
        "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; "
        "frame-ancestors 'self'; sandbox");
  CHECK(field_of(answer, "Cache-Control") == "no-store");
}

TEST_CASE("a form brings one JSON text, from the portal's own pages") {
  TestServer test;
  CHECK(test.status(post_form("json=1")) == 200);
  for (const char* body : {"", "json=", "json=%7B", "json=1&a=2", "a=1", "json=%31"}) {
    CAPTURE(body);
    CHECK(test.status(post_form(body)) == 400);
  }
  CHECK(test.status(post_form("json=1", "Sec-Fetch-Site: cross-site\r\n")) == 403);
  CHECK(test.status(post_form("json=1", "Origin: null\r\n")) == 403);
  CHECK(test.status("POST /framed HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
                    "Content-Length: 1\r\n\r\n1") == 415);
  CHECK(test.status("POST /framed HTTP/1.1\r\nHost: x\r\nContent-Type: "
                    "application/x-www-form-urlencoded\r\nContent-Length: 1048577\r\n\r\n") == 413);
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

TEST_CASE("one empty line before a request is passed over") {
  TestServer test;
  TestClient client(test.server->port());
  client.send("\r\n" + get("/healthz") + "\r\n" + get("/healthz"));
  CHECK(client.read_answer().ends_with("alive\n"));
  CHECK(client.read_answer().ends_with("alive\n"));
  CHECK(test.status("\r\n\r\n" + get("/healthz")) == 400);
}

TEST_CASE("what a path and the whole server can is told") {
  TestServer test;
  const std::string host = " HTTP/1.1\r\nHost: x\r\n\r\n";
  CHECK(field_of(test.ask("DELETE /healthz" + host), "Allow") == "GET, HEAD");
  const std::string answer = test.ask("OPTIONS *" + host);
  CHECK(answer.starts_with("HTTP/1.1 204 "));
  CHECK(field_of(answer, "Allow") == "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS");
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
  // HAProxy adds a field of its own behind the client's.
  const std::string two = "X-Forwarded-For: 192.0.2.66\r\nX-Forwarded-For: 192.0.2.7\r\n";
  CHECK(behind.ask(get("/network", two)).ends_with("192.0.2.7"));
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

TEST_CASE("requests in a pipeline leave others their turn between them") {
  HttpConfig config;
  config.io_threads = 1;
  TestServer test(std::move(config));
  TestClient gate(test.server->port());
  TestClient flood(test.server->port());
  TestClient other(test.server->port());
  for (TestClient* client : {&gate, &flood, &other}) {
    client->send(get("/healthz"));
    CHECK(client->read_answer().ends_with("alive\n"));
  }
  test.seen.hold = true;
  gate.send(get("/gate"));  // the only io thread waits in it
  std::string pipeline;
  for (int i = 0; i < 100; ++i) pipeline += get("/count");
  flood.send(pipeline);
  std::this_thread::sleep_for(std::chrono::milliseconds(100));
  other.send(get("/mark"));
  std::this_thread::sleep_for(std::chrono::milliseconds(100));
  test.seen.hold = false;
  const std::string marked = other.read_answer();
  CHECK(std::stoi(marked.substr(marked.find("\r\n\r\n") + 4)) < 50);
}

TEST_CASE("stopping lets running requests end and takes no new ones") {
  TestServer test;
  TestClient idle(test.server->port());
  TestClient running(test.server->port());
  running.send(get("/slow"));
  wait_for(test.seen.slow, 1);
  std::thread stopping([&test] { test.server->stop(); });
  const std::string answer = running.read_all();
  CHECK(answer.ends_with("slow"));
  CHECK(field_of(answer, "Connection") == "close");
  CHECK(idle.read_all().empty());
  stopping.join();
}

TEST_CASE("stopping in a hurry waits for nobody") {
  TestServer test;
  TestClient client(test.server->port());
  client.send(patch("1", 700'000) + bytes_of(0, 300'000));
  wait_until([&] {
    const std::lock_guard lock(test.seen.mutex);
    return !test.seen.uploaded.empty();
  });
  test.server->stop([] { return true; });
  CHECK(test.seen.parked);
  CHECK(client.read_all().empty());
}

TEST_CASE(
    "a connection that finds no file descriptor waits for one, and the server does not spin") {
  TestServer test;
  test.ask(get("/healthz"));
  rlimit usual{};
  REQUIRE(getrlimit(RLIMIT_NOFILE, &usual) == 0);
  const int next = dup(0);
  close(next);
  // One more may be opened, which is the client's end.
  const rlimit tight{static_cast<rlim_t>(next) + 1, usual.rlim_max};
  REQUIRE(setrlimit(RLIMIT_NOFILE, &tight) == 0);
  TestClient client(test.server->port());
  wait_until([&] { return test.metrics.accept_errors.value() > 0; });
  std::this_thread::sleep_for(std::chrono::milliseconds(400));
  const std::uint64_t tries = test.metrics.accept_errors.value();
  REQUIRE(setrlimit(RLIMIT_NOFILE, &usual) == 0);
  CHECK(tries > 0);
  CHECK(tries < 20);
  client.send(get("/healthz"));
  CHECK(client.read_answer().ends_with("alive\n"));
}

TEST_CASE("a table with two rows for one thing does not start") {
  SystemClock clock;
  SystemRandom random;
  TestLog log;
  Metrics metrics;
  Seen seen;
  std::vector<Route> routes = test_routes(seen);
  routes.push_back(routes.front());
  CHECK(HttpServer::start({clock, random, log, metrics}, {}, routes).error().code ==
        ErrorCode::invalid);
}
