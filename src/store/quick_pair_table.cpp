#include "store/quick_pair_table.h"

#include "store/sql.h"

namespace couvert {

template <>
struct Table<QuickAnswerRow> {
  static constexpr std::string_view name = "quick_answer";

  static void columns(auto&& row, auto visit) {
    visit("seal_id", row.seal_id);
    visit("recipient", row.recipient);
    visit("sender", row.sender);
    visit("answer", row.answer);
    visit("since", row.since);
    visit("taken", row.taken);
  }
};

namespace {

// A pair is one row: the lesser address first.
Fields pair_of(const Address& one, const Address& other) {
  const bool first = one.text < other.text;
  return {{"one", encode(first ? one : other)}, {"other", encode(first ? other : one)}};
}

}  // namespace

Result<> put_quick_pair(Transaction& tx, const Address& one, const Address& other, Instant now) {
  Fields fields = pair_of(one, other);
  fields.push_back({"since", encode(now)});
  return run(tx,
             "INSERT INTO quick_pair (one, other, since) VALUES (:one, :other, :since) "
             "ON CONFLICT (one, other) DO NOTHING",
             fields);
}

Result<bool> is_quick_pair(Transaction& tx, const Address& one, const Address& other) {
  const auto found = select_integer(
      tx, "SELECT since FROM quick_pair WHERE one = :one AND other = :other", pair_of(one, other));
  if (!found) return pass(found);
  return found->has_value();
}

Result<> delete_quick_pair(Transaction& tx, const Address& one, const Address& other) {
  return run(tx, "DELETE FROM quick_pair WHERE one = :one AND other = :other", pair_of(one, other));
}

Result<> insert_quick_answer(Transaction& tx, const QuickAnswerRow& answer) {
  return insert(tx, answer);
}

Result<std::optional<QuickAnswerRow>> find_quick_answer(Transaction& tx, const SealId& id,
                                                        const Address& recipient) {
  return select_one<QuickAnswerRow>(tx, "WHERE seal_id = :seal_id AND recipient = :recipient",
                                    {{"seal_id", encode(id)}, {"recipient", encode(recipient)}});
}

Result<std::vector<QuickAnswerRow>> waiting_quick_answers(Transaction& tx,
                                                          const WaitingQuery& query) {
  return select<QuickAnswerRow>(
      tx,
      "WHERE sender = :sender AND taken = 0 AND EXISTS (SELECT 1 FROM transfer WHERE "
      "transfer.seal_id = quick_answer.seal_id AND state = 'sealed' AND \"end\" > :now) "
      "ORDER BY since, seal_id, recipient LIMIT :max",
      {{"sender", encode(query.sender)}, {"now", encode(query.now)}, {"max", encode(query.max)}});
}

Result<bool> take_quick_answer(Transaction& tx, const QuickAnswerRow& answer) {
  const auto taken = execute(tx,
                             "UPDATE quick_answer SET taken = 1 WHERE seal_id = :seal_id AND "
                             "recipient = :recipient AND sender = :sender",
                             {{"seal_id", encode(answer.seal_id)},
                              {"recipient", encode(answer.recipient)},
                              {"sender", encode(answer.sender)}});
  if (!taken) return pass(taken);
  return *taken == 1;
}

Result<> withdraw_quick_answers(Transaction& tx, const Address& recipient) {
  return run(tx, "DELETE FROM quick_answer WHERE recipient = :recipient AND taken = 0",
             {{"recipient", encode(recipient)}});
}

}  // namespace couvert
