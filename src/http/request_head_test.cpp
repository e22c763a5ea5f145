#include "http/request_head.h"

#include <doctest/doctest.h>

#include "base/limits.h"

using namespace couvert;

namespace {

// The status of a head whose fields beside Host are `fields`; 0 where it is taken.
int status_of_fields(const std::string& fields) {
  const auto head = parse_head("GET /x HTTP/1.1\r\nHost: x\r\n" + fields + "\r\n");
  return head ? 0 : head.error().status;
}

int status_of_target(const std::string& target) {
  const auto head = parse_head("GET " + target + " HTTP/1.1\r\nHost: x\r\n\r\n");
  return head ? 0 : head.error().status;
}

int status_of(const std::string& text) {
  const auto length = head_length(text);
  if (!length) return length.error().status;
  if (*length == 0) return -1;
  const auto head = parse_head(std::string_view(text).substr(0, *length));
  return head ? 0 : head.error().status;
}

}  // namespace

TEST_CASE("a plain head is taken apart") {
  const std::string text =
      "POST /api/v1/x?a=1&b=%2f HTTP/1.1\r\nHost: transfer.example.org:8443\r\n"
      "Content-Length: 12\r\nX-Y:  some value \r\nExpect: 100-continue\r\n\r\n{...";
  const auto length = head_length(text);
  REQUIRE(length);
  CHECK(*length == text.size() - 4);
  const auto head = parse_head(std::string_view(text).substr(0, *length));
  REQUIRE(head);
  CHECK(head->method == Method::post);
  CHECK(head->path == "/api/v1/x");
  CHECK(head->query == "a=1&b=%2f");
  CHECK(head->content_length == 12);
  CHECK(*find_field(head->fields, "x-y") == "some value");
  CHECK(head->keep_alive);
  CHECK(head->expects_continue);
}

TEST_CASE("a head that is not complete is waited for") {
  CHECK(status_of("") == -1);
  CHECK(status_of("GET / HTTP/1.1\r\nHost: x\r\n") == -1);
  CHECK(status_of("GET / HTTP/1.1\r\nHost: x\r\n\r") == -1);
}

TEST_CASE("line breaks other than CRLF, and NUL, are refused at once") {
  CHECK(status_of("GET / HTTP/1.1\nHost: x\n\n") == 400);
  CHECK(status_of("GET / HTTP/1.1\r\nHost: x\nX: y\r\n\r\n") == 400);
  CHECK(status_of("\r\nGET / HTTP/1.1\r\nHost: x\r\n\r\n") == 400);
  CHECK(status_of(std::string("GET /\0", 6)) == 400);
  CHECK(status_of_fields("X: a\rb\r\n") == 400);
}

TEST_CASE("field lines are refused unless they are plain") {
  CHECK(status_of_fields("X: a\r\n b\r\n") == 400);       // folded
  CHECK(status_of_fields("X : a\r\n") == 400);            // blank before the colon
  CHECK(status_of_fields("X\r\n") == 400);                // no colon
  CHECK(status_of_fields(": a\r\n") == 400);              // no name
  CHECK(status_of_fields("X(: a\r\n") == 400);            // a foreign sign
  CHECK(status_of_fields("X: a\x01\r\n") == 400);         // a control character
  CHECK(status_of_fields("Range: \xc3\xbc\r\n") == 400);  // outside ASCII
  CHECK(status_of_fields("Cookie: other=\xc3\xbc\r\nX: \xfc\r\n") == 0);
  CHECK(status_of_fields("Cookie: other=\x7f\r\n") == 400);
  CHECK(status_of_fields("X: a\tb\r\nY:\r\n") == 0);
}

TEST_CASE("a length stands there once and in one spelling") {
  CHECK(status_of_fields("Content-Length: 0\r\n") == 0);
  for (const std::string length : {"", "+1", "-1", "01", "1 ", "0x1", "1,1", "1e3",
                                   "99999999999999999999", "9223372036854775807"}) {
    CAPTURE(length);
    CHECK(status_of_fields("Content-Length: " + length + ";\r\n") == 400);
    if (length != "1 ") CHECK(status_of_fields("Content-Length: " + length + "\r\n") == 400);
  }
  CHECK(status_of_fields("Content-Length: 1\r\nContent-Length: 1\r\n") == 400);
  CHECK(status_of_fields("Transfer-Encoding: chunked\r\n") == 411);
  CHECK(status_of_fields("Transfer-Encoding: identity\r\n") == 411);
  CHECK(status_of_fields("Content-Length: 1\r\nTransfer-Encoding: chunked\r\n") == 400);
  CHECK(status_of_fields("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n") == 400);
}

TEST_CASE("there is one host, and its name is one") {
  CHECK(status_of("GET / HTTP/1.1\r\n\r\n") == 400);
  CHECK(status_of("GET / HTTP/1.1\r\nHost: a\r\nhost: a\r\n\r\n") == 400);
  CHECK(status_of("GET / HTTP/1.1\r\nHost:\r\n\r\n") == 400);
  CHECK(status_of("GET / HTTP/1.1\r\nHost: a/b\r\n\r\n") == 400);
  CHECK(status_of("GET / HTTP/1.1\r\nHost: x' OR '1'='1\r\n\r\n") == 400);
  CHECK(status_of("GET / HTTP/1.1\r\nHost: [::1]:443\r\n\r\n") == 0);
  CHECK(status_of("GET / HTTP/1.0\r\n\r\n") == 0);
}

TEST_CASE("fields that decide something stand there once") {
  CHECK(status_of_fields("Range: bytes=0-\r\nRange: bytes=1-\r\n") == 400);
  CHECK(status_of_fields("Authorization: a\r\nAuthorization: b\r\n") == 400);
  CHECK(status_of_fields("Cookie: a=1\r\nCookie: b=1\r\n") == 0);
}

TEST_CASE("targets are paths without tricks") {
  for (const char* good : {"/", "/a", "/a/", "/a.b/c-d_~!$&'()*+,;=:@", "/a?b=/?", "/a%20b"}) {
    CAPTURE(good);
    CHECK(status_of_target(good) == 0);
  }
  for (const char* bad :
       {"ftp://x/", "x:443",  "*",     "a",         "//",   "//a",   "/a//b", "/.",    "/..",
        "/a/../b",  "/a/./b", "/a/..", "/a#b",      "/a%2", "/a%zz", "/a%",   "/a\\b", "/a\"b",
        "/a<b>",    "/a^b",   "/a|b",  "/\xc3\xbc", "/a?%", "/a?#",  "/a?\""}) {
    CAPTURE(bad);
    CHECK(status_of_target(bad) == 400);
  }
}

TEST_CASE("a target may name scheme and host, the same as Host") {
  const auto read = [](const std::string& target, const std::string& host) {
    return parse_head("GET " + target + " HTTP/1.1\r\nHost: " + host + "\r\n\r\n");
  };
  for (const auto& [target, host] : std::vector<std::pair<std::string, std::string>>{
           {"http://x/a?b", "x"},
           {"HTTPS://X.example:8443/a?b", "x.Example:8443"},
           {"http://[::1]/a?b", "[::1]"}}) {
    CAPTURE(target);
    const auto head = read(target, host);
    REQUIRE(head);
    CHECK(head->path == "/a");
    CHECK(head->query == "b");
    CHECK(read(target, "y").error().status == 400);
  }
  const auto root = read("http://x?b", "x");
  REQUIRE(root);
  CHECK(root->path == "/");
  CHECK(root->query == "b");
  for (const char* bad : {"http://", "http:///a", "http://u@x/", "http://x/../a", "http://x//a",
                          "http://x#a", "http:/x", "https://x\\y/"}) {
    CAPTURE(bad);
    CHECK(status_of_target(bad) == 400);
  }
}

TEST_CASE("OPTIONS may ask the whole server") {
  const auto head = parse_head("OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n");
  REQUIRE(head);
  CHECK(head->path == "*");
}

TEST_CASE("the request line has three parts and a version of ours") {
  CHECK(status_of("GET /\r\nHost: x\r\n\r\n") == 400);
  CHECK(status_of("GET  / HTTP/1.1\r\nHost: x\r\n\r\n") == 400);
  CHECK(status_of("GET / x HTTP/1.1\r\nHost: x\r\n\r\n") == 400);
  CHECK(status_of("G(T / HTTP/1.1\r\nHost: x\r\n\r\n") == 400);
  CHECK(status_of("GET / HTTP/1.1 \r\nHost: x\r\n\r\n") == 400);
  CHECK(status_of("GET / http/1.1\r\nHost: x\r\n\r\n") == 400);
  CHECK(status_of("GET / HTTP/2.0\r\nHost: x\r\n\r\n") == 505);
  CHECK(status_of("BREW / HTTP/1.1\r\nHost: x\r\n\r\n") == 501);
  CHECK(status_of("get / HTTP/1.1\r\nHost: x\r\n\r\n") == 501);
}

TEST_CASE("methods of HTTP that no route has are told from unknown ones") {
  const auto head = parse_head("TRACE / HTTP/1.1\r\nHost: x\r\n\r\n");
  REQUIRE(head);
  CHECK(!head->method_known);
}

TEST_CASE("the connection stays open unless somebody says otherwise") {
  const auto keep = [](const std::string& line, const std::string& fields) {
    const auto head = parse_head("GET / " + line + "\r\nHost: x\r\n" + fields + "\r\n");
    REQUIRE(head);
    return head->keep_alive;
  };
  CHECK(keep("HTTP/1.1", ""));
  CHECK(!keep("HTTP/1.1", "Connection: close\r\n"));
  CHECK(!keep("HTTP/1.1", "Connection: x, Close\r\n"));
  CHECK(!keep("HTTP/1.0", "Connection: keep-alive\r\n"));
}

TEST_CASE("expectations other than 100-continue are refused") {
  CHECK(status_of_fields("Expect: 100-Continue\r\n") == 0);
  CHECK(status_of_fields("Expect: magic\r\n") == 417);
}

TEST_CASE("heads are taken up to their bounds and not beyond") {
  const std::string line = "GET / HTTP/1.1\r\nHost: x\r\n";
  const auto filled = [&](std::size_t bytes) {
    return status_of(line + "X: " + std::string(bytes, 'x') + "\r\n\r\n");
  };
  CHECK(filled(limits::header_bytes_max - 20) == 0);
  CHECK(filled(limits::header_bytes_max) == 431);
  std::string many;
  for (std::size_t i = 1; i < limits::header_fields_max; ++i) many += "X: y\r\n";
  CHECK(status_of(line + many + "\r\n") == 0);
  CHECK(status_of(line + many + "X: y\r\n\r\n") == 431);
  const std::string path(limits::path_bytes_max - 1, 'a');
  CHECK(status_of_target("/" + path) == 0);
  CHECK(status_of_target("/a" + path) == 414);
  CHECK(status_of("GET /" + std::string(70'000, 'a')) == 414);
}
