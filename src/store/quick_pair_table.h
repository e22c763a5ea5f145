// The tables `quick_pair` and `quick_answer`: who may see whose key, and answers to invitations on
// their way to the sender's clients (spec/quick.md).
#pragma once

#include <optional>
#include <vector>

#include "base/clock.h"
#include "base/id.h"
#include "domain/address.h"
#include "store/database.h"

namespace couvert {

/// An answer to the invitation in a transfer. One for each recipient, until the transfer goes.
struct QuickAnswerRow {
  SealId seal_id;
  Address recipient;
  Address sender;
  std::array<std::byte, 97> answer{};
  Instant since;
  bool taken = false;  // a client of the sender has it
};

/// Lets both see each other's key; again is no error.
Result<> put_quick_pair(Transaction& tx, const Address& one, const Address& other, Instant now);
Result<bool> is_quick_pair(Transaction& tx, const Address& one, const Address& other);
Result<> delete_quick_pair(Transaction& tx, const Address& one, const Address& other);

/// Errors: `conflict` where this recipient has answered.
Result<> insert_quick_answer(Transaction& tx, const QuickAnswerRow& answer);
Result<std::optional<QuickAnswerRow>> find_quick_answer(Transaction& tx, const SealId& id,
                                                        const Address& recipient);
/// Whose answers, and how many at most.
struct WaitingQuery {
  Address sender;
  Instant now;
  std::size_t max = 0;
};
/// Those that nobody has taken, of transfers that live, the oldest first.
Result<std::vector<QuickAnswerRow>> waiting_quick_answers(Transaction& tx,
                                                          const WaitingQuery& query);
/// Returns whether this sender had it.
Result<bool> take_quick_answer(Transaction& tx, const QuickAnswerRow& answer);
/// Deletes what nobody has taken of a recipient's answers: their key is no longer that person's.
Result<> withdraw_quick_answers(Transaction& tx, const Address& recipient);

}  // namespace couvert
