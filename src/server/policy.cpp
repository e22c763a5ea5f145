#include <array>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <sstream>

#include "base/limits.h"
#include "server/commands.h"
#include "server/explain.h"
#include "server/rule_file.h"
#include "store/rule_table.h"

namespace couvert {
namespace {

using Words = std::vector<std::string>;

// NAME=VALUE words become the rule's settings, network=NETWORK its network.
Result<Rule> rule_of(RuleAction action, const Words& words) {
  Rule rule{0, action, words[1], words[2]};
  for (const std::string& word : std::span(words).subspan(3)) {
    const std::size_t sign = word.find('=');
    if (word.starts_with(network_word)) {
      rule.network = word.substr(network_word.size());
    } else if (sign == std::string::npos) {
      return fail(ErrorCode::invalid, "a setting is NAME=VALUE, not " + word);
    } else {
      const Result<> added =
          add_setting(rule.settings, word.substr(0, sign), word.substr(sign + 1));
      if (!added) return pass(added);
    }
  }
  return check_rule(std::move(rule));
}

void print(const Rule& rule) {
  std::printf("%lld\t%s\t%s\t%s", static_cast<long long>(rule.id), name_of(rule.action).data(),
              rule.sender.c_str(), rule.recipient.c_str());
  if (!rule.network.empty()) std::printf("\tnetwork=%s", rule.network.c_str());
  const std::string settings = write_settings(rule.settings);
  std::printf(settings.empty() ? "%s\n" : "\t%s\n", settings.c_str());
}

Result<> add(Database& database, RuleAction action, const Words& words) {
  Result<Rule> rule = rule_of(action, words);
  if (!rule) return pass(rule);
  const auto id = database.write_value([&](Transaction& tx) { return add_rule(tx, *rule); });
  if (!id) return pass(id);
  rule->id = *id;
  print(*rule);
  return {};
}

Result<> list(Database& database) {
  const auto rules = database.read_value(all_rules);
  if (!rules) return pass(rules);
  for (const Rule& rule : *rules) print(rule);
  return {};
}

Result<> remove(Database& database, const std::string& text) {
  if (text.empty() || text.size() > 18 || text.find_first_not_of("0123456789") != text.npos) {
    return fail(ErrorCode::invalid, "a rule's ID is a number: see couvertd policy list");
  }
  return database.write([&](Transaction& tx) { return remove_rule(tx, std::stoll(text)); });
}

Result<> export_rules(Database& database, const std::string& format) {
  if (format != "json" && format != "csv") {
    return fail(ErrorCode::invalid, "policy export takes json or csv");
  }
  const auto rules = database.read_value(all_rules);
  if (!rules) return pass(rules);
  const std::string text =
      write_rules(*rules, format == "csv" ? RuleFormat::csv : RuleFormat::json);
  std::fwrite(text.data(), 1, text.size(), stdout);
  return {};
}

Result<> import_rules(Database& database, const std::string& path) {
  std::ifstream file;
  if (path != "-") file.open(path, std::ios::binary);
  std::istream& in = path == "-" ? std::cin : file;
  std::string text(limits::rule_file_bytes_max + 1, '\0');
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (in.bad() || !in.eof()) {
    const bool is_large = in.gcount() == static_cast<std::streamsize>(text.size());
    if (!is_large) return fail(ErrorCode::unavailable, path + " cannot be read");
  }
  text.resize(static_cast<std::size_t>(in.gcount()));
  const Result<std::vector<Rule>> rules = read_rules(text);
  if (!rules) return fail(rules.error().code, path + ": " + rules.error().detail);
  const Result<> replaced =
      database.write([&](Transaction& tx) { return replace_rules(tx, *rules); });
  if (!replaced) return pass(replaced);
  std::printf("%zu rules hold now, instead of those before\n", rules->size());
  return {};
}

Result<> explain(const Config& config, Database& database, const Words& words) {
  const Result<ExplainQuestion> question = parse_explain(words);
  if (!question) return pass(question);
  const auto rules = database.read_value(all_rules);
  if (!rules) return pass(rules);
  const Result<Policy> policy = Policy::from(*rules);
  if (!policy) return pass(policy);
  const std::string text = explain(*policy, config.service.allowance, *question);
  std::fwrite(text.data(), 1, text.size(), stdout);
  return {};
}

Result<> run(const Config& config, Database& database, const Words& words) {
  const std::string verb = words.empty() ? "" : words[0];
  static constexpr auto actions = std::to_array<std::pair<std::string_view, RuleAction>>(
      {{"allow", RuleAction::allow},
       {"deny", RuleAction::deny},
       {"reply-only", RuleAction::reply_only}});
  for (const auto& [name, action] : actions) {
    if (verb == name && words.size() >= 3) return add(database, action, words);
  }
  if (verb == "list" && words.size() == 1) return list(database);
  if (verb == "remove" && words.size() == 2) return remove(database, words[1]);
  if (verb == "export" && words.size() <= 2) {
    return export_rules(database, words.size() == 2 ? words[1] : "json");
  }
  if (verb == "import" && words.size() == 2) return import_rules(database, words[1]);
  if (verb == "explain" && words.size() >= 3) {
    return explain(config, database, {words.begin() + 1, words.end()});
  }
  return fail(ErrorCode::invalid,
              "policy takes allow|deny|reply-only SENDER RECIPIENT [NAME=VALUE...], list, remove "
              "ID, export [json|csv], import FILE, or explain SENDER RECIPIENT...");
}

}  // namespace

int policy(const Config& config, const Words& words) {
  const Result<std::unique_ptr<Database>> database = Database::open_beside(config.database);
  if (!database) return complain(database.error());
  const Result<> done = run(config, **database, words);
  return done ? 0 : complain(done.error());
}

}  // namespace couvert
