#include "store/rule_table.h"

#include "store/sql.h"

namespace couvert {

template <>
struct Table<Rule> {
  static constexpr std::string_view name = "rule";

  static void columns(auto&& row, auto visit) {
    visit("id", row.id);
    visit("action", row.action);
    visit("sender", row.sender);
    visit("recipient", row.recipient);
    visit("network", row.network);
    visit("settings", row.settings);
  }
};

Result<std::vector<Rule>> all_rules(Transaction& tx) {
  return select<Rule>(tx, "ORDER BY id", {});
}

Result<std::int64_t> add_rule(Transaction& tx, const Rule& rule) {
  const auto same =
      select<Rule>(tx,
                   "WHERE action = :action AND sender = :sender AND recipient = :recipient "
                   "AND network = :network",
                   {{"action", encode(rule.action)},
                    {"sender", rule.sender},
                    {"recipient", rule.recipient},
                    {"network", rule.network}});
  if (!same) return pass(same);
  if (!same->empty()) {
    const std::int64_t id = same->front().id;
    const auto set = execute(tx, "UPDATE rule SET settings = :settings WHERE id = :id",
                             {{"settings", encode(rule.settings)}, {"id", id}});
    if (!set) return pass(set);
    return id;
  }
  const auto last = select_integer(tx, "SELECT MAX(id) FROM rule", {});
  if (!last) return pass(last);
  Rule added = rule;
  added.id = last->value_or(0) + 1;
  const Result<> inserted = insert(tx, added);
  if (!inserted) return pass(inserted);
  return added.id;
}

Result<> replace_rules(Transaction& tx, const std::vector<Rule>& rules) {
  const auto removed = execute(tx, "DELETE FROM rule", {});
  if (!removed) return pass(removed);
  for (const Rule& rule : rules) {
    const Result<> inserted = insert(tx, rule);
    if (!inserted) return pass(inserted);
  }
  return {};
}

Result<> remove_rule(Transaction& tx, std::int64_t id) {
  const auto removed = execute(tx, "DELETE FROM rule WHERE id = :id", {{"id", id}});
  if (!removed) return pass(removed);
  if (*removed == 0) return fail(ErrorCode::denied, "there is no rule of that number");
  return {};
}

}  // namespace couvert
