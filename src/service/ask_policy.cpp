#include "service/ask_policy.h"

#include "service/open_transfer.h"
#include "store/rule_table.h"
#include "store/transfer_table.h"

namespace couvert {

namespace {

// Whether the sender answers the recipient: `reply_to` names a transfer that still lives, of which
// the sender is a recipient and the recipient the sender.
Result<bool> is_reply(Transaction& tx, const PolicyQuestion& question,
                      const std::optional<TransferId>& reply_to, Instant now) {
  if (!reply_to) return false;
  const Result<std::optional<Recipient>> answered = find_recipient(tx, hash_of(*reply_to));
  if (!answered) return pass(answered);
  if (!answered->has_value() || (*answered)->address != question.sender) return false;
  const Result<std::optional<Transfer>> transfer = find_transfer(tx, (*answered)->seal_id);
  if (!transfer) return pass(transfer);
  if (!transfer->has_value()) return false;
  const Transfer& original = **transfer;
  return original.state == TransferState::sealed && now < original.end &&
         original.sender == question.recipient;
}

}  // namespace

Result<Policy> read_policy(Transaction& tx) {
  const Result<std::vector<Rule>> rules = all_rules(tx);
  if (!rules) return pass(rules);
  return Policy::from(*rules);
}

Result<PolicyVerdict> ask_for(Transaction& tx, const Policy& policy,
                              const TransferQuestion& question, const Address& recipient) {
  PolicyQuestion asked{question.from, recipient, question.client, false};
  const Result<bool> reply = is_reply(tx, asked, question.reply_to, question.now);
  if (!reply) return pass(reply);
  asked.reply = *reply;
  return policy.decide(asked);
}

Result<Allowance> allowance_of_sent(const Parts& parts, Transaction& tx, const Transfer& transfer) {
  const Result<Policy> policy = read_policy(tx);
  if (!policy) return pass(policy);
  const Result<std::vector<Recipient>> recipients = recipients_of(tx, transfer.seal_id);
  if (!recipients) return pass(recipients);
  Decisions all;
  for (const Recipient& one : *recipients) {
    if (one.revoked) continue;
    tighten(all, policy->decide({transfer.sender, one.address, {}, true}).settings);
  }
  return allowance_of(parts.settings.allowance, all);
}

Result<PolicyAnswer> AskPolicy::ask(const Caller& caller, const PolicyRequest& request) {
  const Result<> proven = Verify(parts_).prove(caller, request.from);
  if (!proven) return pass(proven);
  PolicyAnswer answer;
  Decisions all;
  const TransferQuestion question{request.from, caller.address, request.reply_to,
                                  parts_.clock.now()};
  const Result<> done = parts_.database.read([&](Transaction& tx) -> Result<> {
    const Result<Policy> policy = read_policy(tx);
    if (!policy) return pass(policy);
    for (const std::string& typed : request.recipients) {
      const Result<Address> address = parse_address(typed);
      if (!address) {
        answer.recipients.push_back({typed, {.refusal = Refusal::invalid_address}});
        continue;
      }
      const Result<PolicyVerdict> verdict = ask_for(tx, *policy, question, *address);
      if (!verdict) return pass(verdict);
      tighten(all, verdict->settings);
      answer.recipients.push_back({address->text, *verdict});
    }
    return Result<>();
  });
  if (!done) return pass(done);
  answer.allowance = allowance_of(parts_.settings.allowance, all);
  return answer;
}

}  // namespace couvert
