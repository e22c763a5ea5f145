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
  }
};

Result<std::vector<Rule>> all_rules(Transaction& tx) {
  return select<Rule>(tx, "ORDER BY id", {});
}

Result<std::int64_t> add_rule(Transaction& tx, const Rule& rule) {
  const auto same = select_integer(
      tx,
      "SELECT id FROM rule "
      "WHERE action = :action AND sender = :sender AND recipient = :recipient",
      {{"action", encode(rule.action)}, {"sender", rule.sender}, {"recipient", rule.recipient}});
  if (!same) return pass(same);
  if (*same) return **same;

  const auto last = select_integer(tx, "SELECT MAX(id) FROM rule", {});
  if (!last) return pass(last);
  Rule added = rule;
  added.id = last->value_or(0) + 1;
  const Result<> inserted = insert(tx, added);
  if (!inserted) return pass(inserted);
  return added.id;
}

Result<> remove_rule(Transaction& tx, std::int64_t id) {
  const auto removed = execute(tx, "DELETE FROM rule WHERE id = :id", {{"id", id}});
  if (!removed) return pass(removed);
  if (*removed == 0) return fail(ErrorCode::denied, "there is no rule of that number");
  return {};
}

}  // namespace couvert
