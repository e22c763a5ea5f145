// Who may send what to whom: one pure function, called by every path.
//
// A new installation has no rule, and what no rule allows is refused. A deny rule wins over every
// other; of several that match, the strictest value of each setting holds.
#pragma once

#include <optional>
#include <vector>

#include "base/clock.h"
#include "domain/network.h"
#include "domain/pattern.h"
#include "domain/setting.h"

namespace couvert {

enum class RuleAction { allow, deny, reply_only };

std::string_view name_of(RuleAction action);
Result<RuleAction> parse_rule_action(std::string_view text);

/// One line of the policy, as it is stored.
struct Rule {
  std::int64_t id = 0;
  RuleAction action = RuleAction::allow;
  std::string sender{};  // patterns, see AddressPattern
  std::string recipient{};
  std::string network{};  // where the sender sits ("10.0.0.0/8"); empty: anywhere
  Settings settings{};

  bool operator==(const Rule&) const = default;
};

/// The rule with its patterns and its network in their one spelling.
/// Errors: `invalid` with what is wrong; settings of a deny rule, which could never hold, too.
Result<Rule> check_rule(Rule rule);

/// The latest end of a transfer that starts at `start`, also where nothing but the days at first
/// are allowed. A day's grace: who picks the last allowed day on a calendar means the end of that
/// day.
Instant latest_end(Instant start, const Allowance& allowance);

/// Why a recipient may not receive.
enum class Refusal { invalid_address, no_rule, deny_rule, reply_only };

std::string_view name_of(Refusal refusal);

/// The question: may `sender`, who sits at `client`, write to `recipient`?
struct PolicyQuestion {
  Address sender;
  Address recipient;
  std::optional<IpAddress> client;  // unknown: no rule for a network matches
  bool reply = false;  // the recipient wrote to the sender by a transfer that still lives
};

/// A setting's value and the rule that said so.
struct Decided {
  SettingValue value;
  std::int64_t rule = 0;  // 0: rules said different texts, so that none holds

  bool operator==(const Decided&) const = default;
};
using Decisions = std::map<Setting, Decided>;

struct PolicyVerdict {
  bool allowed = false;
  Refusal refusal = Refusal::no_rule;  // holds where not allowed
  std::int64_t rule = 0;               // the one that decided; 0: none, a reply or no rule
  Decisions settings;                  // what the matching rules say; empty where not allowed
};

/// The strictest of both, setting by setting; of two texts neither.
void tighten(Decisions& decisions, const Decisions& others);
/// What holds where `base` holds for everything that no rule said.
Allowance allowance_of(const Allowance& base, const Decisions& decisions);

/// All rules, ready to be asked. Threads: any. Memory: a compiled expression takes some kilobytes.
class Policy {
 public:
  /// Errors: `damaged` where a rule is none that check_rule() returns.
  static Result<Policy> from(const std::vector<Rule>& rules);

  /// A deny rule forbids, always; a reply is allowed by any rule or none; anything else needs an
  /// allow rule, and no rule that allows nothing but replies.
  PolicyVerdict decide(const PolicyQuestion& question) const;

  /// The largest transfer that this sender may make to anybody: a bound for what is not yet
  /// addressed.
  std::uint64_t transfer_bytes_max(const Address& sender, const std::optional<IpAddress>& client,
                                   const Allowance& base) const;
  /// Whether a transfer of this sender, to anybody and from anywhere, may want checksums: they
  /// begin with the first byte, and by Start the sender may sit elsewhere.
  bool may_want_checksums(const Address& sender, const Allowance& base) const;

 private:
  struct Ready {
    Rule rule;
    AddressPattern sender;
    AddressPattern recipient;
    std::optional<IpNetwork> network;

    bool is_from(const Address& address, const std::optional<IpAddress>& client) const;
  };

  std::vector<Ready> rules_;
};

}  // namespace couvert
