#include "server/explain.h"

namespace couvert {
namespace {

std::string rule_text(std::int64_t rule) {
  return "rule " + std::to_string(rule);
}

std::string refusal_text(const PolicyVerdict& verdict) {
  switch (verdict.refusal) {
    case Refusal::deny_rule:
      return "refused: " + rule_text(verdict.rule) + " denies it";
    case Refusal::reply_only:
      return "refused: " + rule_text(verdict.rule) + " allows nothing but replies";
    case Refusal::no_rule:
    case Refusal::invalid_address:
      break;
  }
  return "refused: no rule allows it";
}

std::string recipient_text(const Policy& policy, PolicyQuestion asked, Decisions& all) {
  const PolicyVerdict verdict = policy.decide(asked);
  std::string text = asked.recipient.text + "\n  ";
  if (verdict.allowed) {
    tighten(all, verdict.settings);
    return text + "allowed by " + rule_text(verdict.rule) + "\n";
  }
  asked.reply = true;
  const PolicyVerdict reply = policy.decide(asked);
  text += refusal_text(verdict);
  return text + (reply.allowed ? "; a reply goes\n" : "; no reply either\n");
}

}  // namespace

Result<ExplainQuestion> parse_explain(const std::vector<std::string>& words) {
  ExplainQuestion question;
  std::vector<Address> addresses;
  for (const std::string& word : words) {
    if (word.starts_with(network_word)) {
      const Result<IpAddress> client = parse_ip(word.substr(network_word.size()));
      if (!client) return pass(client);
      question.client = *client;
      continue;
    }
    Result<Address> address = parse_address(word);
    if (!address) return fail(ErrorCode::invalid, word + ": " + address.error().detail);
    addresses.push_back(std::move(*address));
  }
  if (addresses.size() < 2)
    return fail(ErrorCode::invalid, "explain takes a sender and recipients");
  question.sender = addresses.front();
  question.recipients.assign(addresses.begin() + 1, addresses.end());
  return question;
}

std::string explain(const Policy& policy, const Allowance& base, const ExplainQuestion& question) {
  std::string text;
  Decisions all;
  for (const Address& recipient : question.recipients) {
    text += recipient_text(policy, {question.sender, recipient, question.client, false}, all);
  }
  text += "What holds for one transfer to all who may receive:\n";
  for (const auto& [setting, value] : settings_of(allowance_of(base, all))) {
    const auto decided = all.find(setting);
    std::string from = "configuration";
    if (decided != all.end()) {
      const std::int64_t rule = decided->second.rule;
      from = rule == 0 ? "rules differ: none holds" : rule_text(rule);
    }
    text.append("  ").append(name_of(setting)).append("=");
    text.append(write_setting_value(setting, value)).append("\t").append(from).append("\n");
  }
  return text;
}

}  // namespace couvert
