// The table `rule`: the policy's rules.
#pragma once

#include <vector>

#include "domain/policy.h"
#include "store/database.h"

namespace couvert {

/// All rules, in the order of their IDs.
Result<std::vector<Rule>> all_rules(Transaction& tx);
/// Stores a rule; its `id` is not read. One of the same action, patterns and network stays one,
/// with the new settings. Returns its ID.
Result<std::int64_t> add_rule(Transaction& tx, const Rule& rule);
/// Makes these the only rules, with the IDs that they have.
Result<> replace_rules(Transaction& tx, const std::vector<Rule>& rules);
/// Errors: `denied` where there is none.
Result<> remove_rule(Transaction& tx, std::int64_t id);

}  // namespace couvert
