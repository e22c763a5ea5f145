#include "domain/policy.h"

namespace couvert {

std::string_view name_of(RuleAction action) {
  switch (action) {
    case RuleAction::allow:
      return "allow";
    case RuleAction::deny:
      return "deny";
    case RuleAction::reply_only:
      return "reply_only";
  }
  return "deny";
}

Result<RuleAction> parse_rule_action(std::string_view text) {
  for (const RuleAction action : {RuleAction::allow, RuleAction::deny, RuleAction::reply_only}) {
    if (name_of(action) == text) return action;
  }
  return fail(ErrorCode::invalid, "an action is allow, deny or reply_only");
}

std::string_view name_of(Refusal refusal) {
  switch (refusal) {
    case Refusal::invalid_address:
      return "invalid_address";
    case Refusal::no_rule:
      return "no_rule";
    case Refusal::deny_rule:
      return "deny_rule";
    case Refusal::reply_only:
      return "reply_only";
  }
  return "no_rule";
}

Instant latest_end(Instant start, const Allowance& allowance) {
  return start + std::chrono::hours(24) * (allowance.days_max + 1);
}

PolicyVerdict decide(const std::vector<Rule>& rules, const PolicyQuestion& question) {
  bool allowed = question.reply;
  bool only_replies = false;
  for (const Rule& rule : rules) {
    if (!matches(rule.sender, question.sender)) continue;
    if (!matches(rule.recipient, question.recipient)) continue;
    switch (rule.action) {
      case RuleAction::deny:
        return {.allowed = false, .refusal = Refusal::deny_rule};
      case RuleAction::allow:
        allowed = true;
        break;
      case RuleAction::reply_only:
        only_replies = true;
        break;
    }
  }
  // "Nothing but replies" is stricter than "allow", so it wins for whatever is no reply.
  if (only_replies && !question.reply) return {.allowed = false, .refusal = Refusal::reply_only};
  if (!allowed) return {.allowed = false, .refusal = Refusal::no_rule};
  return {.allowed = true};
}

}  // namespace couvert
