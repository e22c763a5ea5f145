#include "domain/policy.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <random>

using namespace couvert;

static PolicyQuestion anna_to_bert() {
  return {.sender = {"anna@example.org"}, .recipient = {"bert@example.com"}};
}

static Rule rule(RuleAction action, const char* sender, const char* recipient) {
  return {.action = action, .sender = sender, .recipient = recipient};
}

// The rules numbered from 1 on.
static PolicyVerdict decide(std::vector<Rule> rules, const PolicyQuestion& question) {
  for (std::size_t i = 0; i < rules.size(); ++i) rules[i].id = static_cast<std::int64_t>(i) + 1;
  const Result<Policy> policy = Policy::from(rules);
  REQUIRE(policy.has_value());
  return policy->decide(question);
}

TEST_CASE(
    "checksums may be wanted by any rule for the sender, from wherever, or by the configuration") {
  const Address anna{"anna@example.org"};
  const auto wanted = [&](const char* sender, const char* network, const char* settings) {
    Rule rule{1, RuleAction::allow, sender, "*@example.com", network, *parse_settings(settings)};
    return Policy::from({*check_rule(std::move(rule))})->may_want_checksums(anna, Allowance());
  };
  CHECK(wanted("*@example.org", "10.0.0.0/8", "checksums=yes"));
  CHECK_FALSE(wanted("*@example.org", "", "checksums=no"));
  CHECK_FALSE(wanted("*@example.org", "", ""));
  CHECK_FALSE(wanted("*@example.net", "", "checksums=yes"));
  Allowance base;
  base.checksums = true;
  CHECK(Policy().may_want_checksums(anna, base));
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

TEST_CASE("a rule for a network holds for who sits there") {
  Rule inside = rule(RuleAction::allow, "*", "*");
  inside.network = "10.0.0.0/8";
  PolicyQuestion question = anna_to_bert();
  CHECK_FALSE(decide({inside}, question).allowed);
  question.client = *parse_ip("10.1.2.3");
  CHECK(decide({inside}, question).allowed);
  question.client = *parse_ip("192.0.2.1");
  CHECK_FALSE(decide({inside}, question).allowed);
}

TEST_CASE("the strictest value of each setting holds, and its rule is told") {
  Rule wide = rule(RuleAction::allow, "*", "*");
  wide.settings = {{Setting::days_max, 30}, {Setting::password_length_min, 8}};
  Rule narrow = rule(RuleAction::allow, "anna@example.org", "*");
  narrow.settings = {{Setting::days_max, 5}, {Setting::password_length_min, 12}};
  Rule others = rule(RuleAction::allow, "carl@example.org", "*");
  others.settings = {{Setting::days_max, 1}};
  const PolicyVerdict verdict = decide({wide, narrow, others}, anna_to_bert());
  CHECK(verdict.rule == 1);
  CHECK(verdict.settings.at(Setting::days_max) == Decided{5, 2});
  CHECK(verdict.settings.at(Setting::password_length_min) == Decided{12, 2});
  const Allowance allowance = allowance_of(Allowance(), verdict.settings);
  CHECK(allowance.days_max == 5);
  CHECK(allowance.days_default == 5);
  CHECK(allowance.password_rules.length_min == 12);
  CHECK(allowance.link_allowed);
}

TEST_CASE("a rule may allow more than the configuration") {
  Rule wide = rule(RuleAction::allow, "*", "*");
  wide.settings = {{Setting::days_max, 30}, {Setting::transfer_bytes_max, std::int64_t{1} << 42}};
  const PolicyQuestion question = anna_to_bert();
  const Allowance base;
  CHECK(allowance_of(base, decide({wide}, question).settings).days_max == 30);
  wide.id = 1;
  const Result<Policy> policy = Policy::from({wide});
  CHECK(policy->transfer_bytes_max(question.sender, {}, base) == std::uint64_t{1} << 42);
}

TEST_CASE("several recipients: the strictest of all") {
  Decisions all = {{Setting::days_max, {10, 1}}, {Setting::own_passwords, {1, 1}}};
  tighten(all, {{Setting::days_max, {5, 2}}, {Setting::message_required, {1, 2}}});
  CHECK(all == Decisions{{Setting::days_max, {5, 2}},
                         {Setting::own_passwords, {1, 1}},
                         {Setting::message_required, {1, 2}}});
}

TEST_CASE("what is no rule is refused, and a spoilt one stops everything") {
  const Rule good = rule(RuleAction::allow, "*@Example.org", " * ");
  CHECK(check_rule(good)->sender == "*@example.org");
  Rule deny = rule(RuleAction::deny, "*", "*");
  deny.settings = {{Setting::days_max, 5}};
  CHECK(check_rule(deny).error().code == ErrorCode::invalid);
  Rule out_of_bounds = rule(RuleAction::allow, "*", "*");
  out_of_bounds.settings = {{Setting::days_max, 5000}};
  CHECK(check_rule(out_of_bounds).error().code == ErrorCode::invalid);
  Rule nowhere = rule(RuleAction::allow, "*", "*");
  nowhere.network = "10.0.0.0/40";
  CHECK(check_rule(nowhere).error().code == ErrorCode::invalid);
  CHECK(Policy::from({good}).error().code == ErrorCode::damaged);
}

TEST_CASE("where rules say different texts none holds, whoever else says one of them") {
  const auto named = [](std::int64_t id, const char* name) {
    return Rule{id, RuleAction::allow, "*", "*", "", {{Setting::from_name, std::string(name)}}};
  };
  const auto decided = [](const std::vector<Rule>& rules) {
    const PolicyVerdict verdict = decide(rules, anna_to_bert());
    return verdict.settings.at(Setting::from_name);
  };
  CHECK(decided({named(1, "Lab"), named(2, "Lab")}) == Decided{std::string("Lab"), 1});
  CHECK(decided({named(1, "Lab"), named(2, "X"), named(3, "Lab")}) == Decided{std::string(), 0});
  CHECK(decided({named(1, "Lab"), named(2, "")}) == Decided{std::string(), 0});
}

// What must hold of any rules.

namespace {

class Dice {
 public:
  explicit Dice(unsigned seed) : engine_(seed) {}

  std::size_t below(std::size_t count) { return engine_() % count; }

  Rule rule() {
    static constexpr std::array<const char*, 6> patterns = {
        "*", "*@example.org", "anna@example.org", "*@example.com", "b*@*", "/.*\\.org/"};
    Rule made;
    made.action = static_cast<RuleAction>(below(3));
    made.sender = patterns[below(patterns.size())];
    made.recipient = patterns[below(patterns.size())];
    if (below(4) == 0) made.network = "10.0.0.0/8";
    if (made.action == RuleAction::deny) return made;
    if (below(2) == 0) made.settings[Setting::days_max] = static_cast<int>(1 + below(30));
    if (below(2) == 0) made.settings[Setting::own_passwords] = static_cast<int>(below(2));
    if (below(2) == 0) made.settings[Setting::notify_download] = static_cast<int>(below(4));
    static constexpr std::array<const char*, 3> names = {"", "Front office", "Lab"};
    if (below(2) == 0) made.settings[Setting::from_name] = std::string(names[below(names.size())]);
    return made;
  }

  std::vector<Rule> rules() {
    std::vector<Rule> made(below(6));
    for (Rule& one : made) one = rule();
    return made;
  }

  PolicyQuestion question() {
    static constexpr std::array<const char*, 4> addresses = {
        "anna@example.org", "bert@example.com", "carl@example.net", "bea@mail.example.org"};
    PolicyQuestion asked;
    asked.sender.text = addresses[below(addresses.size())];
    asked.recipient.text = addresses[below(addresses.size())];
    asked.client = *parse_ip(below(2) == 0 ? "10.1.2.3" : "192.0.2.1");
    asked.reply = below(2) == 0;
    return asked;
  }

  void shuffle(std::vector<Rule>& rules) { std::shuffle(rules.begin(), rules.end(), engine_); }

 private:
  std::mt19937 engine_;
};

Settings values_of(const Decisions& decisions) {
  Settings values;
  for (const auto& [setting, decided] : decisions) values[setting] = decided.value;
  return values;
}

}  // namespace

TEST_CASE("the order of the rules decides nothing") {
  Dice dice(4711);
  for (int round = 0; round < 2000; ++round) {
    std::vector<Rule> rules = dice.rules();
    const PolicyQuestion question = dice.question();
    const PolicyVerdict one = decide(rules, question);
    dice.shuffle(rules);
    const PolicyVerdict other = decide(rules, question);
    CHECK(one.allowed == other.allowed);
    CHECK(one.refusal == other.refusal);
    CHECK(values_of(one.settings) == values_of(other.settings));
  }
}

TEST_CASE("one rule more never loosens what another rule says") {
  Dice dice(4712);
  for (int round = 0; round < 2000; ++round) {
    std::vector<Rule> rules = dice.rules();
    const PolicyQuestion question = dice.question();
    const PolicyVerdict before = decide(rules, question);
    rules.push_back(dice.rule());
    const PolicyVerdict after = decide(rules, question);
    if (rules.back().action != RuleAction::allow) CHECK((before.allowed || !after.allowed));
    if (!before.allowed || !after.allowed) continue;
    for (const auto& [setting, decided] : before.settings) {
      CHECK_FALSE(is_stricter(setting, decided.value, after.settings.at(setting).value));
    }
  }
}

TEST_CASE("nothing is allowed without an allow rule or a reply") {
  Dice dice(4713);
  for (int round = 0; round < 2000; ++round) {
    std::vector<Rule> rules = dice.rules();
    PolicyQuestion question = dice.question();
    question.reply = false;
    std::erase_if(rules, [](const Rule& one) { return one.action == RuleAction::allow; });
    CHECK_FALSE(decide(rules, question).allowed);
  }
}

TEST_CASE("a deny rule that matches refuses whatever else there is") {
  Dice dice(4714);
  for (int round = 0; round < 2000; ++round) {
    std::vector<Rule> rules = dice.rules();
    const PolicyQuestion question = dice.question();
    rules.push_back(
        rule(RuleAction::deny, question.sender.text.c_str(), question.recipient.text.c_str()));
    CHECK(decide(rules, question).refusal == Refusal::deny_rule);
  }
}
