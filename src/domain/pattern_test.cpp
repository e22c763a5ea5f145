#include "domain/pattern.h"

#include <doctest/doctest.h>

using namespace couvert;

static bool matches(const char* pattern, const char* address) {
  const Result<AddressPattern> parsed = AddressPattern::parse(pattern);
  REQUIRE(parsed.has_value());
  return parsed->matches(Address{address});
}

TEST_CASE("a pattern means an address, a domain, what is below it, or all") {
  CHECK(matches("*", "anna@example.org"));
  CHECK(matches("*@*", "anna@example.org"));
  CHECK(matches(" *@Example.org ", "anna@example.org"));
  CHECK_FALSE(matches("*@example.org", "anna@mail.example.org"));
  CHECK(matches("*@*.example.org", "anna@mail.example.org"));
  CHECK(matches("*@*.example.org", "anna@a.mail.example.org"));
  CHECK_FALSE(matches("*@*.example.org", "anna@example.org"));
  CHECK_FALSE(matches("*@*.example.org", "anna@badexample.org"));
  CHECK(matches("Anna@example.org", "anna@example.org"));
  CHECK_FALSE(matches("anna@example.org", "hanna@example.org"));
  CHECK(matches("*@b\u00fccher.example", "anna@xn--bcher-kva.example"));
}

TEST_CASE("a star before the @ stands for any run of characters") {
  CHECK(matches("info-*@example.org", "info-de@example.org"));
  CHECK(matches("info-*@example.org", "info-@example.org"));
  CHECK_FALSE(matches("info-*@example.org", "infos@example.org"));
  CHECK(matches("*-*.x@example.org", "a-b-c.x@example.org"));
  CHECK_FALSE(matches("*-*.x@example.org", "a-b-c.y@example.org"));
  CHECK(matches("noreply*@*", "noreply2@mail.example.com"));
  CHECK(matches("a*@*.example.org", "anna@mail.example.org"));
}

TEST_CASE("a regular expression has to match the whole address") {
  CHECK(matches("/(anna|bert)@.+\\.org/", "bert@example.org"));
  CHECK(matches("/ANNA@.+/", "anna@example.org"));
  CHECK_FALSE(matches("/anna/", "anna@example.org"));
  CHECK_FALSE(matches("/(anna|bert)@example\\.org/", "anna@example.org.example.com"));
  // Would take a backtracking engine longer than anybody waits.
  const std::string many = std::string(60, 'a') + "@example.org";
  CHECK_FALSE(matches("/(a+)+b@example\\.org/", many.c_str()));
}

TEST_CASE("what is no pattern is refused with what is taken") {
  for (const char* wrong :
       {"", "**", "*anna", "*@", "*@*.", "@example.org", "*@exam*ple.org", "*@*.*.org", "/(/", "//",
        "/\\1/", "an na@example.org", "anna@example.org, bert@example.org"}) {
    CAPTURE(wrong);
    CHECK(AddressPattern::parse(wrong).error().code == ErrorCode::invalid);
  }
  CHECK_FALSE(AddressPattern::parse("/" + std::string(600, 'a') + "/").has_value());
}

TEST_CASE("a pattern has one spelling") {
  for (const auto& [typed, spelling] : {std::pair("*@*", "*"),
                                        {"INFO*@Example.ORG", "info*@example.org"},
                                        {"a@*", "a@*"},
                                        {"*@*.Example.org", "*@*.example.org"},
                                        {"/A+@b.org/", "/A+@b.org/"}}) {
    CHECK(AddressPattern::parse(typed)->text() == spelling);
    CHECK(AddressPattern::parse(spelling)->text() == spelling);
  }
}
