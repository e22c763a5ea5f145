#include "client/server_url.h"

#include <doctest/doctest.h>

using namespace couvert;

static std::string normal(std::string_view text) {
  const Answer<ServerUrl> url = parse_server_url(text);
  return url ? url->text : "refused: " + url.error().reason;
}

TEST_CASE("a server's address has one spelling") {
  CHECK(normal("https://transfer.example.org") == "https://transfer.example.org");
  CHECK(normal("https://transfer.example.org/") == "https://transfer.example.org");
  CHECK(normal("HTTPS://Transfer.Example.ORG:443//") == "https://transfer.example.org");
  CHECK(normal("https://example.org:8443/couvert/") == "https://example.org:8443/couvert");
}

TEST_CASE("plain HTTP is for this machine only") {
  CHECK(normal("http://127.0.0.1:8080") == "http://127.0.0.1:8080");
  CHECK(normal("http://localhost:8080") == "http://localhost:8080");
  CHECK(normal("http://[::1]:8080") == "http://[::1]:8080");
  for (const char* elsewhere :
       {"http://transfer.example.org", "http://127.0.0.1.example.org", "http://127.example.org",
        "http://localhost.example.org", "http://10.0.0.1", "http://0.0.0.0", "http://[::2]"}) {
    CAPTURE(elsewhere);
    CHECK(normal(elsewhere) == "refused: plain_http");
  }
}

TEST_CASE("what is no server's address is refused") {
  for (const char* wrong :
       {"", "transfer.example.org", "https://", "ftp://example.org", "file:///etc/passwd",
        "https://ann@example.org", "https://ann:pw@example.org", "https://example.org/?a=b",
        "https://example.org/#x", "https://example.org\\@evil.example.com", "https://a b",
        "https://example.org\n", "https://exämple.org", "https://example.org:99999"}) {
    CAPTURE(wrong);
    CHECK(normal(wrong) == "refused: server_url");
  }
  CHECK(normal("https://example.org/" + std::string(2028, 'a')).starts_with("https"));
  CHECK(normal("https://example.org/" + std::string(2029, 'a')) == "refused: server_url");
}
