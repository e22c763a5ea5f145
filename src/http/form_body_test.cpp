#include "http/form_body.h"

#include <doctest/doctest.h>

using namespace couvert;

TEST_CASE("a form's text comes as it was written") {
  CHECK(read_form_json("json=").value().empty());
  CHECK(read_form_json("json=a+b-c_d.e*9").value() == "a b-c_d.e*9");
  CHECK(read_form_json("json=%7B%22a%22%3A%22%C3%BC%2B%25%26%3D%22%7D").value() ==
        "{\"a\":\"ü+%&=\"}");
}

TEST_CASE("a form that no browser writes is refused") {
  for (const char* body :
       {"", "json", "jso=n", "text=a", "Json=a", "json=a&json=b", "json=a&b=c", "json=a=b",
        "json={}", "json=ü", "json=%", "json=%4", "json=%zz", "json=%7b", "json=%20", "json=%41",
        "json=%2D", "json=a b", "json=a\r\n"}) {
    CAPTURE(body);
    const Result<std::string> text = read_form_json(body);
    REQUIRE_FALSE(text.has_value());
    CHECK(text.error().code == ErrorCode::invalid);
  }
}
