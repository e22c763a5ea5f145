#include "service/ask_policy.h"

#include "service/open_transfer.h"
#include "store/rule_table.h"
#include "store/transfer_table.h"

namespace couvert {

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

Result<PolicyAnswer> AskPolicy::ask(const Caller& caller, const PolicyRequest& request) {
  const Result<> proven = Verify(parts_).prove(caller, request.from);
  if (!proven) return pass(proven);
  PolicyAnswer answer;
  answer.allowance = parts_.settings.allowance;
  const Result<> done = parts_.database.read([&](Transaction& tx) -> Result<> {
    const Result<std::vector<Rule>> rules = all_rules(tx);
    if (!rules) return pass(rules);
    for (const std::string& typed : request.recipients) {
      const Result<Address> address = parse_address(typed);
      if (!address) {
        answer.recipients.push_back(
            {typed, {.allowed = false, .refusal = Refusal::invalid_address}});
        continue;
      }
      PolicyQuestion question{request.from, *address, false};
      const Result<bool> reply = is_reply(tx, question, request.reply_to, parts_.clock.now());
      if (!reply) return pass(reply);
      question.reply = *reply;
      answer.recipients.push_back({address->text, decide(*rules, question)});
    }
    return Result<>();
  });
  if (!done) return pass(done);
  return answer;
}

}  // namespace couvert
