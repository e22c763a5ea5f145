// The table `rule`: the policy's rules.
#pragma once

#include <vector>

#include "domain/policy.h"
#include "store/database.h"

namespace couvert {

/// All rules, in the order of their IDs.
Result<std::vector<Rule>> all_rules(Transaction& tx);
/// Stores a rule; its `id` is not read. The same rule twice stays one. Returns its ID.
Result<std::int64_t> add_rule(Transaction& tx, const Rule& rule);
/// Errors: `denied` where there is none.
Result<> remove_rule(Transaction& tx, std::int64_t id);

}  // namespace couvert
