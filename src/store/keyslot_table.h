// The table `keyslot`: sealed keyslots in their coats. What they open stands in spec/sealing.md.
#pragma once

#include <optional>
#include <vector>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/id.h"
#include "store/database.h"

namespace couvert {

/// Who a keyslot is for.
enum class KeyslotUse { sender, password, link, session, quick };

struct KeyslotRow {
  SealId seal_id;
  SlotId slot_id;
  KeyslotUse use = KeyslotUse::password;
  int position = -1;  // the recipient, for `link`, `quick` and `session`
  Buffer stored;      // the keyslot in its coat
  Buffer mac;         // `session` only: MAC(S, "couvert/1 session", "")
  Instant created;
  Instant used;
  Instant end;
};

Result<> insert_keyslot(Transaction& tx, const KeyslotRow& keyslot);
Result<std::optional<KeyslotRow>> find_keyslot(Transaction& tx, const SealId& seal_id,
                                               const SlotId& slot_id);
/// A recipient's session by its ID and MAC, both.
Result<std::optional<KeyslotRow>> find_session_keyslot(Transaction& tx, const SlotId& slot_id,
                                                       Bytes mac);
Result<> touch_keyslot(Transaction& tx, const SlotId& slot_id, Instant now);
Result<> delete_keyslot(Transaction& tx, const SealId& seal_id, const SlotId& slot_id);
/// All ways of opening a transfer, sessions too; in no order.
Result<std::vector<KeyslotRow>> keyslots_of(Transaction& tx, const SealId& seal_id);
/// Puts another coat and end into a row. Errors: `denied` where there is none.
Result<> recoat_keyslot(Transaction& tx, const KeyslotRow& keyslot);
/// A recipient's own keyslot and sessions.
Result<> delete_keyslots_at(Transaction& tx, const SealId& seal_id, int position);
Result<> delete_keyslots(Transaction& tx, const SealId& seal_id);
/// Ends sessions past their end at `now` or not used since `unused_since`.
Result<> sweep_session_keyslots(Transaction& tx, Instant now, Instant unused_since);

}  // namespace couvert
