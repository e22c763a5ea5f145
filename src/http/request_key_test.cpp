#include "http/request_key.h"

#include <doctest/doctest.h>

using namespace couvert;

TEST_CASE("a request's own name is a short string, and belongs to its method and path") {
  const auto key = [](const char* name, const char* path) {
    Request request;
    request.method = Method::post;
    request.path = path;
    request.fields = {{"idempotency-key", name}};
    REQUIRE(read_request_key(request).has_value());
    return request.caller.request_key;
  };
  CHECK(key("\"a\"", "/x") == key("\"a\"", "/x"));
  CHECK(key("\"a\"", "/x") != key("\"b\"", "/x"));
  CHECK(key("\"a\"", "/x") != key("\"a\"", "/y"));
  Request none;
  CHECK(read_request_key(none).has_value());
  CHECK(none.caller.request_key.empty());
  for (const char* wrong : {"", "a", "\"", "\"\"", "\"a", "\"a\"b\"", "\"a\\\"", "\"\xc3\xa4\""}) {
    Request request;
    request.fields = {{"idempotency-key", wrong}};
    CHECK_FALSE(read_request_key(request).has_value());
  }
}
