#include <doctest/doctest.h>

#include <array>
#include <string>
#include <utility>
#include <vector>

#include "base/limits.h"
#include "http/test_server.h"

using namespace couvert;

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
  wait_until([&] { return test.seen.settled.load(); });  // beside the rest of the bytes
  CHECK(test.seen.settled);
  client.send(get("/healthz"));
  CHECK(client.read_answer().ends_with("alive\n"));
}

TEST_CASE("a route of tus serves its version alone, and all its answers name it") {
  TestServer test;
  const std::string path = "/up/1 HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n";
  const std::string type = "Content-Type: application/offset+octet-stream\r\n";
  const std::array<std::string, 2> foreign{"PATCH " + path + type + "\r\n",
                                           "PATCH " + path + type + "Tus-Resumable: 0.2.2\r\n\r\n"};
  for (const std::string& request : foreign) {
    const std::string answer = test.ask(request);
    CHECK(answer.starts_with("HTTP/1.1 412 "));
    CHECK(field_of(answer, "Tus-Version") == "1.0.0");
    CHECK(field_of(answer, "Tus-Resumable") == "1.0.0");
  }
  const std::string ours = "Tus-Resumable: 1.0.0\r\n";
  const std::vector<std::pair<std::string, std::string>> asked{
      {patch("1", 0), "204"},
      {patch("7", 0), "409"},
      {"PATCH " + path + ours + "\r\n", "415"},
      {"DELETE " + path + ours + "\r\n", "405"},
      {"POST " + path + type + ours + "X-HTTP-Method-Override: PATCH\r\n\r\n", "204"},
      {"GET " + path + type + ours + "X-HTTP-Method-Override: PATCH\r\n\r\n", "400"},
      {"POST " + path + type + ours + "X-HTTP-Method-Override: BREW\r\n\r\n", "405"},
      {get("/nowhere", ours), "404"}};
  for (const auto& [request, status] : asked) {
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
    wait_until([&] { return test.seen.parked.load(); });
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
  CHECK(test.seen.parked);  // what came before is kept
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

TEST_CASE("an upload is parked where too little of it comes in a minute") {
  TestServer test;
  TestClient client(test.server->port());
  const std::string begun = patch("1", 700'000) + bytes_of(0, 300'000);
  client.send(begun);
  wait_until([&] { return test.metrics.received_bytes.value() == begun.size(); });
  test.clock.jump(limits::rate_time / 2);
  client.send(bytes_of(300'000, 1));
  wait_until([&] { return test.metrics.received_bytes.value() > begun.size(); });
  CHECK(!test.seen.parked);
  // It may begin to wait only after a jump: then the next one counts.
  wait_until([&] {
    test.clock.jump(limits::rate_time + std::chrono::seconds(1));
    return test.seen.parked.load();
  });
  CHECK(test.seen.parked);
  CHECK(!test.seen.finished);
}

TEST_CASE("a download breaks off where too little of it is read in a minute") {
  TestServer test;
  TestClient client(test.server->port(), 128 * 1024);
  client.send(get("/down/50000000"));
  wait_until([&] { return test.metrics.downloads.value() == 1; });
  // Whoever reads a little, though less than the socket holds, goes on.
  for (int i = 0; i < 3; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(400));
    client.read(limits::rate_bytes_min * 4);
    std::this_thread::sleep_for(std::chrono::milliseconds(400));
    test.clock.jump(limits::rate_time + std::chrono::seconds(1));
    std::this_thread::sleep_for(std::chrono::milliseconds(2200));
    CHECK(test.metrics.downloads.value() == 1);
  }
  wait_until([&] {
    test.clock.jump(limits::rate_time + std::chrono::seconds(1));
    return test.metrics.downloads.value() == 0;
  });
  CHECK(test.metrics.downloads.value() == 0);
  client.read_all();
  CHECK(client.broken());
}
