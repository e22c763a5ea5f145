// Who may send what to whom: one pure function, called by every path.
//
// A new installation has no rule, and what no rule allows is refused. A deny rule wins over every
// other; of several that allow, the strictest value of each setting holds.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/limits.h"
#include "base/result.h"
#include "domain/address.h"

namespace couvert {

enum class RuleAction { allow, deny, reply_only };

std::string_view name_of(RuleAction action);
Result<RuleAction> parse_rule_action(std::string_view text);

/// One line of the policy.
struct Rule {
  std::int64_t id = 0;
  RuleAction action = RuleAction::allow;
  std::string sender;  // patterns, see parse_address_pattern()
  std::string recipient;
};

/// What a sender may do; the defaults hold where no setting says otherwise.
struct Allowance {
  std::uint64_t transfer_bytes_max = std::uint64_t{1} << 40;  // 1 TiB
  int days_default = 10;
  int days_max = 10;
  int password_length_min = 8;
  bool link_allowed = true;  // transfers without password
  bool notification_editable = true;
};

/// The latest end of a transfer that starts at `start`. A day's grace: who picks the last allowed
/// day on a calendar means the end of that day.
Instant latest_end(Instant start, const Allowance& allowance);

/// Why a recipient may not receive.
enum class Refusal { invalid_address, no_rule, deny_rule, reply_only };

std::string_view name_of(Refusal refusal);

/// The question: may `sender` write to `recipient`?
struct PolicyQuestion {
  Address sender;
  Address recipient;
  bool reply = false;  // the recipient wrote to the sender by a transfer that still lives
};

struct PolicyVerdict {
  bool allowed = false;
  Refusal refusal = Refusal::no_rule;  // holds where not allowed
};

/// Decides. A deny rule forbids, always; a reply is allowed by any rule or none; anything else
/// needs an allow rule.
PolicyVerdict decide(const std::vector<Rule>& rules, const PolicyQuestion& question);

}  // namespace couvert
