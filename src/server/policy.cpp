#include <cstdio>

#include "server/commands.h"
#include "store/rule_table.h"

namespace couvert {
namespace {

Result<> add(Database& database, RuleAction action, const std::string& sender,
             const std::string& recipient) {
  const Result<std::string> from = parse_address_pattern(sender);
  if (!from) return pass(from);
  const Result<std::string> to = parse_address_pattern(recipient);
  if (!to) return pass(to);
  return database.write([&](Transaction& tx) -> Result<> {
    const Result<std::int64_t> id = add_rule(tx, {0, action, *from, *to});
    if (!id) return pass(id);
    std::printf("%lld\t%s\t%s\t%s\n", static_cast<long long>(*id), name_of(action).data(),
                from->c_str(), to->c_str());
    return Result<>();
  });
}

Result<> list(Database& database) {
  return database.read([](Transaction& tx) -> Result<> {
    const Result<std::vector<Rule>> rules = all_rules(tx);
    if (!rules) return pass(rules);
    for (const Rule& rule : *rules) {
      std::printf("%lld\t%s\t%s\t%s\n", static_cast<long long>(rule.id),
                  name_of(rule.action).data(), rule.sender.c_str(), rule.recipient.c_str());
    }
    return Result<>();
  });
}

Result<> remove(Database& database, const std::string& text) {
  if (text.empty() || text.size() > 18 || text.find_first_not_of("0123456789") != text.npos) {
    return fail(ErrorCode::invalid, "a rule's ID is a number: see couvertd policy list");
  }
  return database.write([&](Transaction& tx) { return remove_rule(tx, std::stoll(text)); });
}

Result<> run(Database& database, const std::vector<std::string>& words) {
  const std::string verb = words.empty() ? "" : words[0];
  if (verb == "allow" && words.size() == 3) {
    return add(database, RuleAction::allow, words[1], words[2]);
  }
  if (verb == "deny" && words.size() == 3) {
    return add(database, RuleAction::deny, words[1], words[2]);
  }
  if (verb == "reply-only" && words.size() == 3) {
    return add(database, RuleAction::reply_only, words[1], words[2]);
  }
  if (verb == "list" && words.size() == 1) return list(database);
  if (verb == "remove" && words.size() == 2) return remove(database, words[1]);
  return fail(ErrorCode::invalid,
              "policy takes allow|deny|reply-only SENDER RECIPIENT, list, or remove ID");
}

}  // namespace

int policy(const Config& config, const std::vector<std::string>& words) {
  const Result<std::unique_ptr<Database>> database = Database::open_beside(config.database);
  if (!database) return complain(database.error());
  const Result<> done = run(**database, words);
  return done ? 0 : complain(done.error());
}

}  // namespace couvert
