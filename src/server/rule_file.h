// The policy as a file: what `couvertd policy export` writes and `import` reads.
//
// JSON: {"rules": [{"id": 1, "action": "allow", "sender": "*@example.org", "recipient": "*",
//       "network": "10.0.0.0/8", "settings": {"days_max": 30, "own_passwords": false}}]}
// CSV:  the same as columns id, action, sender, recipient, network, settings ("days_max=30
//       own_passwords=no"), in any order, named in the first line.
// ID, network and settings may be missing; a rule without an ID gets the next one.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "domain/policy.h"

namespace couvert {

enum class RuleFormat { json, csv };

std::string write_rules(const std::vector<Rule>& rules, RuleFormat format);

/// Reads either format: JSON begins with a brace. The rules come checked, in the order of their
/// IDs. Errors: `invalid` with the line or the number of the rule, also for the same rule or ID
/// twice; `too_large` over limits::rules_max rules.
Result<std::vector<Rule>> read_rules(std::string_view text);

}  // namespace couvert
