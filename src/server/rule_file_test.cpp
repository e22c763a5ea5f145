#include "server/rule_file.h"

#include <doctest/doctest.h>

using namespace couvert;

static std::vector<Rule> some_rules() {
  return {{1, RuleAction::allow, "*@example.org", "*", "", {{Setting::days_max, 30}}},
          {4,
           RuleAction::allow,
           "/(anna|bert)@.+,\"x\"/",
           "*@*.example.com",
           "10.0.0.0/8",
           {{Setting::own_passwords, 0},
            {Setting::show_file_names, 3},
            {Setting::from_name, std::string("Labor; \"S\u00fcd\", 7")},
            {Setting::reply_to, std::string("office@example.org")}}},
          {5, RuleAction::deny, "old@example.org", "*"},
          {7, RuleAction::reply_only, "*", "*@example.org"}};
}

TEST_CASE("rules come back from either format") {
  for (const RuleFormat format : {RuleFormat::json, RuleFormat::csv}) {
    CHECK(read_rules(write_rules(some_rules(), format)) == some_rules());
    CHECK(read_rules(write_rules({}, format))->empty());
  }
}

TEST_CASE("a table from a spreadsheet is read: byte order mark, semicolons, columns in any order") {
  const auto rules = read_rules(
      "\xef\xbb\xbfsender;recipient;action;settings\r\n"
      "*@Example.org;\" * \";allow;days_max=30\r\n"
      "\r\n"
      "old@example.org;*;deny;");
  REQUIRE(rules.has_value());
  REQUIRE(rules->size() == 2);
  CHECK((*rules)[0] ==
        Rule{1, RuleAction::allow, "*@example.org", "*", "", {{Setting::days_max, 30}}});
  CHECK((*rules)[1] == Rule{2, RuleAction::deny, "old@example.org", "*"});
}

TEST_CASE("a rule without an ID gets the next one") {
  const auto rules = read_rules(
      R"({"rules": [{"action": "allow", "sender": "*", "recipient": "*"},
                    {"id": 3, "action": "deny", "sender": "*", "recipient": "a@example.org"}]})");
  REQUIRE(rules.has_value());
  CHECK((*rules)[0].id == 3);
  CHECK((*rules)[1].id == 4);
}

TEST_CASE("what is wrong is told with its place, and nothing is taken") {
  const std::string head = "action,sender,recipient,settings\n";
  for (const auto& [text, told] :
       {std::pair<std::string, std::string>("", "an empty file"),
        {"action,sender\n", "line 1: a column is missing: recipient"},
        {"action,sender,recipient,limit\n", "line 1: the columns are"},
        {head + "allow,*,*,\nallow,nobody,*,\n", "line 3: "},
        {head + "allow,*,*\n", "line 2: not as many fields"},
        {head + "permit,*,*,\n", "line 2: an action is"},
        {head + "allow,*,*,days_max=0\n", "line 2: days_max is one of 1 to 399"},
        {head + "deny,*,*,days_max=3\n", "line 2: a deny rule"},
        {head + "allow,*,*,reply_to=office\n", "line 2: reply_to: "},
        {head + "allow,*,*,\"from_name=\"\"Lab\"\n", "line 2: a quote has no end"},
        {head + "allow,*,*,\nallow, *,*@*,\n", "line 3: the same rule"},
        {head + "allow,\"*\nx,*,\n", "line 4: a quote has no end"},
        {"id,action,sender,recipient\n0,allow,*,*\n", "line 2: an ID is"},
        {"id,action,sender,recipient\n1,allow,*,*\n1,deny,*,*\n", "line 3: that ID"},
        {"{\"rules\": [{\"action\": \"allow\", \"sender\": \"*\"}]}", "rule 1: "},
        {"{\"rules\": [], \"more\": 1}", ""},
        {"{\"rules\": ", ""}}) {
    CAPTURE(text);
    const auto rules = read_rules(text);
    REQUIRE_FALSE(rules.has_value());
    CHECK(rules.error().code == ErrorCode::invalid);
    CHECK(rules.error().detail.starts_with(told));
  }
}
