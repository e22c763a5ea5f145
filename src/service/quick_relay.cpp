#include "service/quick_relay.h"

#include <algorithm>

#include "base/limits.h"
#include "service/live_slot.h"
#include "service/quick_mails.h"
#include "store/quick_pair_table.h"

namespace couvert {
namespace {

// What the server can check of an answer: that it comes from the recipient, with the key that the
// server has for this person.
Result<> check_answer(Transaction& tx, const QuickClientRow& client, const QuickAnswer& answer,
                      const QuickInvitation& invitation) {
  if (client.address != invitation.recipient) return fail(ErrorCode::refused, "recipient");
  const Result<std::optional<QuickPersonRow>> person = find_quick_person(tx, client.address);
  if (!person) return pass(person);
  const bool is_own = person->has_value() && (*person)->public_key == answer.key;
  return is_own ? Result<>() : fail(ErrorCode::refused, "key");
}

Result<> make_pair_known(const Parts& parts, Transaction& tx, const QuickAnswerRow& answer) {
  const Result<std::optional<QuickPersonRow>> sender = find_quick_person(tx, answer.sender);
  if (!sender) return pass(sender);
  if (sender->has_value()) {
    const Result<> told =
        tell_contact(parts, tx, **sender, QuickEvent::connected, answer.recipient);
    if (!told) return told;
  }
  return put_quick_pair(tx, answer.sender, answer.recipient, answer.since);
}

Result<> keep_answer(const Parts& parts, Transaction& tx, const QuickAnswerRow& answer) {
  const Result<std::optional<QuickAnswerRow>> before =
      find_quick_answer(tx, answer.seal_id, answer.recipient);
  if (!before) return pass(before);
  if (before->has_value()) {
    const bool same = (*before)->answer == answer.answer;
    return same ? Result<>() : fail(ErrorCode::conflict, "answered");
  }
  const Result<> inserted = insert_quick_answer(tx, answer);
  if (!inserted) return inserted;
  return make_pair_known(parts, tx, answer);
}

}  // namespace

Result<> QuickRelay::answer(const DeviceProof& proof, const RetrievalKey& retrieval, Bytes answer) {
  const Result<QuickAnswer> parsed = parse_answer(answer);
  if (!parsed) return fail(ErrorCode::invalid, parsed.error().detail);
  const Result<QuickInvitation> invitation = Retrieve(parts_).invitation(retrieval);
  if (!invitation) return pass(invitation);
  QuickAnswerRow row{
      invitation->seal, invitation->recipient, invitation->sender, {}, parts_.clock.now(), false};
  std::copy(answer.begin(), answer.end(), row.answer.begin());
  const Result<> done = parts_.database.write([&](Transaction& tx) -> Result<> {
    const Result<QuickClientRow> client = client_of(tx, proof);
    if (!client) return pass(client);
    const Result<> checked = check_answer(tx, *client, *parsed, *invitation);
    if (!checked) return checked;
    return keep_answer(parts_, tx, row);
  });
  if (done) parts_.wake_outbox();
  return done;
}

Result<std::vector<WaitingAnswer>> QuickRelay::waiting(const DeviceProof& proof) {
  using Answers = Result<std::vector<WaitingAnswer>>;
  return parts_.database.read_value([&](Transaction& tx) -> Answers {
    const Result<QuickClientRow> client = client_of(tx, proof);
    if (!client) return pass(client);
    const Result<std::vector<QuickAnswerRow>> rows =
        waiting_quick_answers(tx, {client->address, parts_.clock.now(), limits::recipients_max});
    if (!rows) return pass(rows);
    std::vector<WaitingAnswer> answers;
    for (const QuickAnswerRow& row : *rows) {
      answers.push_back({row.seal_id, row.recipient, Buffer(row.answer.begin(), row.answer.end())});
    }
    return answers;
  });
}

Result<> QuickRelay::taken(const DeviceProof& proof, const SealId& seal, const Address& recipient) {
  return parts_.database.write([&](Transaction& tx) -> Result<> {
    const Result<QuickClientRow> client = client_of(tx, proof);
    if (!client) return pass(client);
    const Result<bool> taken =
        take_quick_answer(tx, {seal, recipient, client->address, {}, {}, false});
    if (!taken) return pass(taken);
    return *taken ? Result<>() : fail(ErrorCode::denied, "no such answer");
  });
}

Result<std::vector<ShownKey>> QuickRelay::shown(const DeviceProof& proof,
                                                const std::vector<Address>& addresses) {
  INVARIANT(addresses.size() <= limits::recipients_max);
  using Keys = Result<std::vector<ShownKey>>;
  return parts_.database.read_value([&](Transaction& tx) -> Keys {
    const Result<QuickClientRow> client = client_of(tx, proof);
    if (!client) return pass(client);
    std::vector<ShownKey> keys;
    for (const Address& address : addresses) {
      const Result<bool> paired = is_quick_pair(tx, client->address, address);
      if (!paired) return pass(paired);
      if (!*paired) continue;
      const Result<std::optional<QuickPersonRow>> person = find_quick_person(tx, address);
      if (!person) return pass(person);
      ShownKey& shown = keys.emplace_back(ShownKey{address, std::nullopt});
      if (person->has_value()) shown.key = (*person)->public_key;
    }
    return keys;
  });
}

Result<FoundEnvelope> QuickRelay::envelope(const DeviceProof& proof, const TransferId& id) {
  const Result<LiveSlot> slot =
      parts_.database.read_value([&](Transaction& tx) -> Result<LiveSlot> {
        const Result<QuickClientRow> client = client_of(tx, proof);
        if (!client) return pass(client);
        Result<LiveSlot> found = find_slot(parts_, tx, id);
        if (!found) return found;
        const bool is_theirs = found->found.recipient.address == client->address &&
                               found->row.use == KeyslotUse::quick;
        if (!is_theirs) return fail(ErrorCode::conflict, "no_envelope");
        return found;
      });
  if (!slot) return pass(slot);
  const Transfer& transfer = slot->found.transfer;
  const Result<Keyslot> keyslot = uncoat(parts_, transfer, slot->row);
  if (!keyslot) return pass(keyslot);
  const auto* envelope = std::get_if<QuickEnvelope>(&keyslot->parameters);
  if (envelope == nullptr) return fail(ErrorCode::damaged, "a keyslot without its envelope");
  return FoundEnvelope{scope_of(transfer), slot->row.slot_id, transfer.sender,
                       slot->found.recipient.address, *envelope};
}

Result<> QuickRelay::end(const DeviceProof& proof, const Address& other) {
  return parts_.database.write([&](Transaction& tx) -> Result<> {
    const Result<QuickClientRow> client = client_of(tx, proof);
    if (!client) return pass(client);
    return delete_quick_pair(tx, client->address, other);
  });
}

}  // namespace couvert
