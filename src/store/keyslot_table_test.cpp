#include "store/keyslot_table.h"

#include "store/test_database.h"

using namespace couvert;

static const SealId seal_1 = test_id<SealId>(1);

static void insert_transfers(const TestDatabase& db) {
  db.write([](Transaction& tx) -> Result<> {
    const Result<> first = insert_transfer(tx, test_transfer(1));
    if (!first) return first;
    return insert_transfer(tx, test_transfer(2));
  });
}

static void put(const TestDatabase& db, const KeyslotRow& keyslot) {
  db.write([&](Transaction& tx) { return insert_keyslot(tx, keyslot); });
}

static bool has(const TestDatabase& db, const KeyslotRow& keyslot) {
  return db.get([&](auto& tx) { return find_keyslot(tx, keyslot.seal_id, keyslot.slot_id); })
      .has_value();
}

TEST_CASE("a keyslot comes back as it was stored") {
  const TestDatabase db;
  insert_transfers(db);
  KeyslotRow keyslot = test_keyslot(1, KeyslotUse::link);
  keyslot.position = 3;
  put(db, keyslot);
  const auto found = db.get([&](auto& tx) { return find_keyslot(tx, seal_1, keyslot.slot_id); });
  REQUIRE(found.has_value());
  CHECK(found->use == KeyslotUse::link);
  CHECK(found->position == 3);
  CHECK(found->stored == keyslot.stored);
  CHECK(found->end == keyslot.end);
  CHECK_FALSE(
      db.get([&](auto& tx) { return find_keyslot(tx, test_id<SealId>(2), keyslot.slot_id); }));
  CHECK_FALSE(db.get([&](auto& tx) { return find_keyslot(tx, seal_1, test_id<SlotId>(9)); }));
  const auto twice =
      db.database->write([&](Transaction& tx) { return insert_keyslot(tx, keyslot); });
  CHECK(twice.error().code == ErrorCode::conflict);
}

TEST_CASE("a session is found by its ID and MAC, both, and no other keyslot is") {
  const TestDatabase db;
  insert_transfers(db);
  const KeyslotRow session = test_keyslot(1, KeyslotUse::session);
  KeyslotRow same_slot = test_keyslot(2, KeyslotUse::password);
  same_slot.slot_id = session.slot_id;
  put(db, session);
  put(db, same_slot);
  const auto find = [&](const SlotId& slot_id, const Buffer& mac) {
    return db.get([&](auto& tx) { return find_session_keyslot(tx, slot_id, mac); });
  };
  REQUIRE(find(session.slot_id, session.mac).has_value());
  CHECK(find(session.slot_id, session.mac)->seal_id == seal_1);
  CHECK_FALSE(find(session.slot_id, test_bytes(32, 99)));
  CHECK_FALSE(find(session.slot_id, {}));
  CHECK_FALSE(find(test_id<SlotId>(9), session.mac));
  CHECK_FALSE(find(same_slot.slot_id, same_slot.mac));
}

TEST_CASE("sessions end at their second and when they are not used, other keyslots do not") {
  const TestDatabase db;
  insert_transfers(db);
  const KeyslotRow session = test_keyslot(1, KeyslotUse::session);  // used 1000, end 2000
  const KeyslotRow password = test_keyslot(2, KeyslotUse::password);
  put(db, session);
  put(db, password);
  const auto sweep = [&](std::int64_t now, std::int64_t unused_since) {
    db.write([&](Transaction& tx) {
      return sweep_session_keyslots(tx, from_unix(now), from_unix(unused_since));
    });
    return has(db, session);
  };
  CHECK(sweep(1999, 1000));
  db.write([&](Transaction& tx) { return touch_keyslot(tx, session.slot_id, from_unix(1500)); });
  CHECK(sweep(1999, 1500));
  CHECK_FALSE(sweep(1999, 1501));
  put(db, session);
  CHECK_FALSE(sweep(2000, 0));
  CHECK(has(db, password));
}

TEST_CASE("keyslots go one by one or all of a transfer") {
  const TestDatabase db;
  insert_transfers(db);
  KeyslotRow second = test_keyslot(1, KeyslotUse::sender);
  second.slot_id = test_id<SlotId>(7);
  put(db, test_keyslot(1, KeyslotUse::password));
  put(db, second);
  put(db, test_keyslot(2, KeyslotUse::password));
  db.write([&](Transaction& tx) { return delete_keyslot(tx, seal_1, second.slot_id); });
  CHECK_FALSE(has(db, second));
  CHECK(has(db, test_keyslot(1, KeyslotUse::password)));
  db.write([&](Transaction& tx) { return delete_keyslots(tx, seal_1); });
  CHECK_FALSE(has(db, test_keyslot(1, KeyslotUse::password)));
  CHECK(has(db, test_keyslot(2, KeyslotUse::password)));
}
