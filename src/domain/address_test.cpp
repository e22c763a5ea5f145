#include "domain/address.h"

#include <doctest/doctest.h>

#include "base/limits.h"

using namespace couvert;

TEST_CASE("an address is kept in lower case with its domain as A-labels") {
  CHECK(parse_address(" Anna@Example.ORG ")->text == "anna@example.org");
  CHECK(parse_address("info@bücher.example")->text == "info@xn--bcher-kva.example");
  CHECK(parse_address("büro@example.org")->text == "büro@example.org");
  CHECK(parse_address("a.b+c@sub.example.org")->domain() == "sub.example.org");
}

TEST_CASE("what is no single mailbox is refused") {
  for (const char* wrong : {"",
                            "@",
                            "anna",
                            "anna@",
                            "@example.org",
                            "anna@example",
                            "anna@.org",
                            "anna@example..org",
                            ".anna@example.org",
                            "anna.@example.org",
                            "an..na@example.org",
                            "anna@[127.0.0.1]",
                            "anna@127.0.0.1",
                            "\"anna\"@example.org",
                            "an na@example.org",
                            "anna@example.org>",
                            "anna@example.org,bert@example.org",
                            "anna@exam ple.org",
                            "anna@example.org\nBcc: x@y.z",
                            "anna\x01@example.org",
                            "anna\xff@example.org",
                            "an@na@example.org",
                            "anna@-example.org",
                            "anna@example.org.",
                            "a\u202enna@example.org",
                            "a\u200bnna@example.org"}) {
    CAPTURE(wrong);
    CHECK(parse_address(wrong).error().code == ErrorCode::invalid);
  }
}

TEST_CASE("an address has at most 64 bytes before the @ and 254 in all") {
  const std::string local(64, 'a');
  CHECK(parse_address(local + "@example.org").has_value());
  CHECK_FALSE(parse_address(local + "a@example.org").has_value());
  std::string domain;
  while (domain.size() + 64 + 1 + 12 < limits::address_bytes_max) domain += "abcdefghijk.";
  CHECK(parse_address(local + "@" + domain + "org").has_value());
  CHECK_FALSE(parse_address(local + "@" + domain + std::string(40, 'o')).has_value());
}
