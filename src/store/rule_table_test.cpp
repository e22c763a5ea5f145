#include "store/rule_table.h"

#include "store/test_database.h"

using namespace couvert;

static std::int64_t add(const TestDatabase& db, const Rule& rule) {
  return db.get([&](auto& tx) { return add_rule(tx, rule); });
}

TEST_CASE("a new installation has no rule") {
  const TestDatabase db;
  CHECK(db.get([](auto& tx) { return all_rules(tx); }).empty());
}

TEST_CASE("rules are kept in the order of their numbers, the same one once") {
  const TestDatabase db;
  const Rule allow = {0, RuleAction::allow, "*@example.org", "*"};
  const Rule deny = {77, RuleAction::deny, "*@example.org", "*"};
  CHECK(add(db, allow) == 1);
  CHECK(add(db, deny) == 2);
  CHECK(add(db, allow) == 1);
  const auto rules = db.get([](auto& tx) { return all_rules(tx); });
  REQUIRE(rules.size() == 2);
  CHECK(rules[0].id == 1);
  CHECK(rules[0].action == RuleAction::allow);
  CHECK(rules[1].id == 2);
  CHECK(rules[1].action == RuleAction::deny);
  CHECK(rules[1].sender == "*@example.org");
  CHECK(rules[1].recipient == "*");
}

TEST_CASE("the same rule for another network is another, with other settings the same") {
  const TestDatabase db;
  Rule rule = {0, RuleAction::allow, "*@example.org", "*"};
  CHECK(add(db, rule) == 1);
  rule.settings = {{Setting::days_max, 30}, {Setting::message_required, 1}};
  CHECK(add(db, rule) == 1);
  rule.network = "10.0.0.0/8";
  CHECK(add(db, rule) == 2);
  const auto rules = db.get([](auto& tx) { return all_rules(tx); });
  REQUIRE(rules.size() == 2);
  CHECK(rules[0].settings == rule.settings);
  CHECK(rules[0].network == "");
  CHECK(rules[1].network == "10.0.0.0/8");
}

TEST_CASE("rules are replaced as a whole") {
  const TestDatabase db;
  add(db, {0, RuleAction::allow, "*", "*"});
  const std::vector<Rule> rules = {{3, RuleAction::deny, "*@example.org", "*"},
                                   {7, RuleAction::allow, "*", "*", "10.0.0.0/8"}};
  db.write([&](Transaction& tx) { return replace_rules(tx, rules); });
  CHECK(db.get([](auto& tx) { return all_rules(tx); }) == rules);
}

TEST_CASE("a rule is removed once") {
  const TestDatabase db;
  const std::int64_t id = add(db, {0, RuleAction::reply_only, "*", "*"});
  db.write([&](Transaction& tx) { return remove_rule(tx, id); });
  const auto again = db.database->write([&](Transaction& tx) { return remove_rule(tx, id); });
  CHECK(again.error().code == ErrorCode::denied);
  CHECK(db.get([](auto& tx) { return all_rules(tx); }).empty());
}
