#include "domain/policy.h"

#include <algorithm>

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

Result<Rule> check_rule(Rule rule) {
  const Result<AddressPattern> sender = AddressPattern::parse(rule.sender);
  if (!sender) return pass(sender);
  const Result<AddressPattern> recipient = AddressPattern::parse(rule.recipient);
  if (!recipient) return pass(recipient);
  if (!rule.network.empty()) {
    const Result<IpNetwork> network = parse_network(rule.network);
    if (!network) return pass(network);
  }
  for (const auto& [setting, value] : rule.settings) {
    if (!is_value_of(setting, value)) {
      return fail(ErrorCode::invalid, "no value of " + std::string(name_of(setting)));
    }
  }
  if (rule.action == RuleAction::deny && !rule.settings.empty()) {
    return fail(ErrorCode::invalid, "a deny rule has no settings");
  }
  rule.sender = sender->text();
  rule.recipient = recipient->text();
  return rule;
}

Instant latest_end(Instant start, const Allowance& allowance) {
  const int days = allowance.days_editable ? allowance.days_max : allowance.days_default;
  return start + std::chrono::hours(24) * (days + 1);
}

void tighten(Decisions& decisions, const Decisions& others) {
  for (const auto& [setting, other] : others) {
    const auto [found, added] = decisions.emplace(setting, other);
    if (added || other.value == found->second.value) continue;
    if (is_text(setting)) {
      found->second = Decided{std::string(), 0};
    } else if (is_stricter(setting, other.value, found->second.value)) {
      found->second = other;
    }
  }
}

Allowance allowance_of(const Allowance& base, const Decisions& decisions) {
  Settings settings;
  for (const auto& [setting, decided] : decisions) settings.emplace(setting, decided.value);
  return with_settings(base, settings);
}

bool Policy::Ready::is_from(const Address& address, const std::optional<IpAddress>& client) const {
  if (network && (!client || !network->contains(*client))) return false;
  return sender.matches(address);
}

Result<Policy> Policy::from(const std::vector<Rule>& rules) {
  Policy policy;
  policy.rules_.reserve(rules.size());
  for (const Rule& rule : rules) {
    const Result<Rule> checked = check_rule(rule);
    if (!checked || *checked != rule) {
      return fail(ErrorCode::damaged, "rule " + std::to_string(rule.id) + " cannot be read");
    }
    Ready ready{rule, *AddressPattern::parse(rule.sender), *AddressPattern::parse(rule.recipient),
                std::nullopt};
    if (!rule.network.empty()) ready.network = *parse_network(rule.network);
    policy.rules_.push_back(std::move(ready));
  }
  return policy;
}

PolicyVerdict Policy::decide(const PolicyQuestion& question) const {
  std::optional<std::int64_t> allows;
  std::optional<std::int64_t> only_replies;
  Decisions settings;
  for (const Ready& ready : rules_) {
    if (!ready.is_from(question.sender, question.client)) continue;
    if (!ready.recipient.matches(question.recipient)) continue;
    const std::int64_t id = ready.rule.id;
    switch (ready.rule.action) {
      case RuleAction::deny:
        return {.refusal = Refusal::deny_rule, .rule = id};
      case RuleAction::allow:
        if (!allows) allows = id;
        break;
      case RuleAction::reply_only:
        if (!only_replies) only_replies = id;
        break;
    }
    Decisions said;
    for (const auto& [setting, value] : ready.rule.settings) said[setting] = {value, id};
    tighten(settings, said);
  }
  // "Nothing but replies" is stricter than "allow", so it wins for whatever is no reply.
  if (only_replies && !question.reply) {
    return {.refusal = Refusal::reply_only, .rule = *only_replies};
  }
  if (!allows && !question.reply) return {.refusal = Refusal::no_rule};
  return {.allowed = true, .rule = allows.value_or(0), .settings = std::move(settings)};
}

std::uint64_t Policy::transfer_bytes_max(const Address& sender,
                                         const std::optional<IpAddress>& client,
                                         const Allowance& base) const {
  std::uint64_t most = base.transfer_bytes_max;
  for (const Ready& ready : rules_) {
    const auto set = ready.rule.settings.find(Setting::transfer_bytes_max);
    if (set == ready.rule.settings.end() || !ready.is_from(sender, client)) continue;
    most = std::max(most, static_cast<std::uint64_t>(set->second.number));
  }
  return most;
}

bool Policy::may_want_checksums(const Address& sender, const Allowance& base) const {
  return base.checksums || std::ranges::any_of(rules_, [&](const Ready& ready) {
           const auto set = ready.rule.settings.find(Setting::checksums);
           return set != ready.rule.settings.end() && set->second.number != 0 &&
                  ready.sender.matches(sender);
         });
}

}  // namespace couvert
