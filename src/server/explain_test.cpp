#include "server/explain.h"

#include <doctest/doctest.h>

using namespace couvert;

static bool has(const std::string& text, const char* part) {
  return text.find(part) != std::string::npos;
}

TEST_CASE("it is told which rule decides, for each recipient and each setting") {
  const Result<Policy> policy = Policy::from({
      {2, RuleAction::allow, "*@example.org", "*@example.com", "", {{Setting::days_max, 30}}},
      {3, RuleAction::deny, "*", "no@example.com"},
      {5, RuleAction::allow, "*", "*@example.com", "10.0.0.0/8", {{Setting::days_max, 4}}},
      {6, RuleAction::reply_only, "*", "answers@example.com"},
  });
  const auto question =
      parse_explain({"anna@example.org", "bert@example.com", "no@example.com", "carl@example.net",
                     "answers@example.com", "network=10.1.2.3"});
  REQUIRE(question.has_value());
  const std::string text = explain(*policy, Allowance(), *question);
  CHECK(has(text, "bert@example.com\n  allowed by rule 2\n"));
  CHECK(has(text, "no@example.com\n  refused: rule 3 denies it; no reply either\n"));
  CHECK(has(text, "carl@example.net\n  refused: no rule allows it; a reply goes\n"));
  CHECK(
      has(text, "answers@example.com\n  refused: rule 6 allows nothing but replies; a reply goes"));
  CHECK(has(text, "  days_max=4\trule 5\n"));
  CHECK(has(text, "  days_default=4\tconfiguration\n"));
  CHECK(has(text, "  own_passwords=yes\tconfiguration\n"));
}

TEST_CASE("it is told where rules say different texts, so that none holds") {
  const auto named = [](std::int64_t id, const char* name) {
    return Rule{id, RuleAction::allow, "*", "*", "", {{Setting::from_name, std::string(name)}}};
  };
  const auto question = parse_explain({"anna@example.org", "bert@example.com"});
  const auto told = [&](const std::vector<Rule>& rules) {
    return explain(*Policy::from(rules), Allowance(), *question);
  };
  CHECK(has(told({named(2, "Front office")}), "  from_name=Front office\trule 2\n"));
  CHECK(
      has(told({named(2, "Lab"), named(3, "Office")}), "  from_name=\trules differ: none holds\n"));
  CHECK(has(told({}), "  reply_to=\tconfiguration\n"));
}

TEST_CASE("a question needs a sender and a recipient") {
  CHECK_FALSE(parse_explain({"anna@example.org"}).has_value());
  CHECK_FALSE(parse_explain({"anna@example.org", "bert"}).has_value());
  CHECK_FALSE(parse_explain({"a@example.org", "b@example.org", "network=here"}).has_value());
}
