#include "domain/policy.h"

#include <doctest/doctest.h>

using namespace couvert;

static PolicyQuestion anna_to_bert() {
  return {.sender = {"anna@example.org"}, .recipient = {"bert@example.com"}, .reply = false};
}

static Rule rule(RuleAction action, const char* sender, const char* recipient) {
  return {.id = 0, .action = action, .sender = sender, .recipient = recipient};
}

TEST_CASE("without a rule nobody may send") {
  const PolicyVerdict verdict = decide({}, anna_to_bert());
  CHECK_FALSE(verdict.allowed);
  CHECK(verdict.refusal == Refusal::no_rule);
}

TEST_CASE("a reply needs no rule") {
  PolicyQuestion question = anna_to_bert();
  question.reply = true;
  CHECK(decide({}, question).allowed);
  CHECK(decide({rule(RuleAction::reply_only, "*", "*")}, question).allowed);
}

TEST_CASE("a deny rule wins over allow rules and replies, whatever their order") {
  const Rule allow = rule(RuleAction::allow, "*", "*");
  const Rule deny = rule(RuleAction::deny, "anna@example.org", "*@example.com");
  PolicyQuestion question = anna_to_bert();
  CHECK(decide({allow, deny}, question).refusal == Refusal::deny_rule);
  CHECK(decide({deny, allow}, question).refusal == Refusal::deny_rule);
  question.reply = true;
  CHECK_FALSE(decide({allow, deny}, question).allowed);
}

TEST_CASE("reply only is stricter than allow") {
  const std::vector<Rule> rules = {rule(RuleAction::allow, "*", "*"),
                                   rule(RuleAction::reply_only, "*@example.org", "*")};
  CHECK(decide(rules, anna_to_bert()).refusal == Refusal::reply_only);
}

TEST_CASE("a rule holds for its sender and its recipient only") {
  const std::vector<Rule> rules = {rule(RuleAction::allow, "*@example.org", "*@example.com")};
  CHECK(decide(rules, anna_to_bert()).allowed);
  PolicyQuestion backwards = anna_to_bert();
  std::swap(backwards.sender, backwards.recipient);
  CHECK_FALSE(decide(rules, backwards).allowed);
}

TEST_CASE("the names of actions are read back") {
  for (const RuleAction action : {RuleAction::allow, RuleAction::deny, RuleAction::reply_only}) {
    CHECK(parse_rule_action(name_of(action)) == action);
  }
  CHECK(parse_rule_action("permit").error().code == ErrorCode::invalid);
}
