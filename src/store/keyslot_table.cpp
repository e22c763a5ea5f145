#include "store/keyslot_table.h"

#include "store/sql.h"

namespace couvert {

namespace {

constexpr std::array all_uses = {KeyslotUse::sender, KeyslotUse::password, KeyslotUse::link,
                                 KeyslotUse::session, KeyslotUse::quick};

}  // namespace

std::string_view name_of(KeyslotUse use) {
  switch (use) {
    case KeyslotUse::sender:
      return "sender";
    case KeyslotUse::password:
      return "password";
    case KeyslotUse::link:
      return "link";
    case KeyslotUse::session:
      return "session";
    case KeyslotUse::quick:
      return "quick";
  }
  return "";
}

static bool decode(const Cell& cell, KeyslotUse& use) {
  return decode_name(cell, all_uses, use);
}

template <>
struct Table<KeyslotRow> {
  static constexpr std::string_view name = "keyslot";

  static void columns(auto&& row, auto visit) {
    visit("seal_id", row.seal_id);
    visit("slot_id", row.slot_id);
    visit("use", row.use);
    visit("position", row.position);
    visit("stored", row.stored);
    visit("mac", row.mac);
    visit("created", row.created);
    visit("used", row.used);
    visit("end", row.end);
  }
};

Result<> insert_keyslot(Transaction& tx, const KeyslotRow& keyslot) {
  return insert(tx, keyslot);
}

Result<std::optional<KeyslotRow>> find_keyslot(Transaction& tx, const SealId& seal_id,
                                               const SlotId& slot_id) {
  return select_one<KeyslotRow>(tx, "WHERE seal_id = :seal_id AND slot_id = :slot_id",
                                {{"seal_id", encode(seal_id)}, {"slot_id", encode(slot_id)}});
}

Result<std::optional<KeyslotRow>> find_session_keyslot(Transaction& tx, const SlotId& slot_id,
                                                       Bytes mac) {
  return select_one<KeyslotRow>(tx, "WHERE slot_id = :slot_id AND use = 'session' AND mac = :mac",
                                {{"slot_id", encode(slot_id)}, {"mac", encode(mac)}});
}

Result<> touch_keyslot(Transaction& tx, const SlotId& slot_id, Instant now) {
  return run(tx, "UPDATE keyslot SET used = :now WHERE slot_id = :slot_id",
             {{"now", encode(now)}, {"slot_id", encode(slot_id)}});
}

Result<> delete_keyslot(Transaction& tx, const SealId& seal_id, const SlotId& slot_id) {
  return run(tx, "DELETE FROM keyslot WHERE seal_id = :seal_id AND slot_id = :slot_id",
             {{"seal_id", encode(seal_id)}, {"slot_id", encode(slot_id)}});
}

Result<std::vector<KeyslotRow>> keyslots_of(Transaction& tx, const SealId& seal_id) {
  return select<KeyslotRow>(tx, "WHERE seal_id = :seal_id", {{"seal_id", encode(seal_id)}});
}

Result<> recoat_keyslot(Transaction& tx, const KeyslotRow& keyslot) {
  const auto changed = execute(tx,
                               "UPDATE keyslot SET stored = :stored, \"end\" = :end "
                               "WHERE seal_id = :seal_id AND slot_id = :slot_id",
                               {{"stored", encode(keyslot.stored)},
                                {"end", encode(keyslot.end)},
                                {"seal_id", encode(keyslot.seal_id)},
                                {"slot_id", encode(keyslot.slot_id)}});
  if (!changed) return pass(changed);
  if (*changed == 0) return fail(ErrorCode::denied, "there is no such keyslot");
  return Result<>();
}

Result<> delete_keyslots_at(Transaction& tx, const SealId& seal_id, int position) {
  return run(tx, "DELETE FROM keyslot WHERE seal_id = :seal_id AND position = :position",
             {{"seal_id", encode(seal_id)}, {"position", encode(position)}});
}

Result<> delete_keyslots(Transaction& tx, const SealId& seal_id) {
  return run(tx, "DELETE FROM keyslot WHERE seal_id = :seal_id", {{"seal_id", encode(seal_id)}});
}

Result<> sweep_session_keyslots(Transaction& tx, Instant now, Instant unused_since) {
  const Result<> ended = run(tx, "DELETE FROM keyslot WHERE use = 'session' AND \"end\" <= :now",
                             {{"now", encode(now)}});
  if (!ended) return ended;
  return run(tx, "DELETE FROM keyslot WHERE use = 'session' AND used < :unused_since",
             {{"unused_since", encode(unused_since)}});
}

}  // namespace couvert
