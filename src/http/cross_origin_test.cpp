#include "http/cross_origin.h"

#include <doctest/doctest.h>

using namespace couvert;

TEST_CASE("an origin is a scheme and a host as a browser writes them, or an add-on's") {
  for (const char* origin :
       {"https://mail.example.org", "https://mail.example.org:8443", "http://localhost:3000",
        "http://127.0.0.1:1", "moz-extension://3f2504e0-4f89-41d3-9a0c-0305e82c3301"}) {
    CAPTURE(origin);
    CHECK(is_origin(origin));
  }
  for (const char* wrong :
       {"", "*", "null", "https://", "https://mail.example.org/", "https://*.example.org",
        "https://Mail.example.org", "http://mail.example.org", "https://user@example.org",
        "https://mail.example.org:", "https://mail.example.org:08", "https://mail.example.org:1:2",
        "https://mail.example.org\r\nX: y", "moz-extension://", "moz-extension://*",
        "moz-extension://3f2504e0-4f89-41d3-9a0c-0305e82c330g", "https://a b"}) {
    CAPTURE(wrong);
    CHECK_FALSE(is_origin(wrong));
  }
}

TEST_CASE("only a named origin may read; an add-on is let in; two Origin fields are neither") {
  const std::vector<std::string> named = {"https://mail.example.org"};
  const OtherOrigin mine = other_origin({{"origin", "https://mail.example.org"}}, named);
  CHECK(mine.named == "https://mail.example.org");
  CHECK(mine.let_in);
  const std::string add_on = "moz-extension://3f2504e0-4f89-41d3-9a0c-0305e82c3301";
  const OtherOrigin let_in = other_origin({{"origin", add_on}}, named);
  CHECK(let_in.named.empty());
  CHECK(let_in.let_in);
  for (const Fields& fields :
       {Fields{}, Fields{{"origin", ""}}, Fields{{"origin", "null"}},
        Fields{{"origin", "https://mail.example.org.evil.example"}},
        Fields{{"origin", "https://mail.example.org"}, {"origin", "https://evil.example"}}}) {
    CHECK_FALSE(other_origin(fields, named).let_in);
  }
  CHECK_FALSE(other_origin({{"origin", ""}}, {}).let_in);
}
