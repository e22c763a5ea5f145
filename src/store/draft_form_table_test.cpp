#include "store/draft_form_table.h"

#include "store/test_database.h"
#include "store/transfer_table.h"

using namespace couvert;

TEST_CASE("a draft has one form, the latest, and loses it with the draft") {
  const TestDatabase db;
  const SealId id = test_id<SealId>(1);
  const Buffer first = test_bytes(90, 1);
  const Buffer second = test_bytes(400'000, 2);
  db.write([](Transaction& tx) { return insert_transfer(tx, test_transfer(1)); });
  CHECK_FALSE(db.get([&](auto& tx) { return find_draft_form(tx, id); }));

  db.write([&](Transaction& tx) { return put_draft_form(tx, {id, first}); });
  db.write([&](Transaction& tx) { return put_draft_form(tx, {id, second}); });
  const auto stored = db.get([&](auto& tx) { return find_draft_form(tx, id); });
  REQUIRE(stored);
  CHECK(stored->sealed == second);
  CHECK_FALSE(db.get([](auto& tx) { return find_draft_form(tx, test_id<SealId>(2)); }));

  db.write([&](Transaction& tx) { return delete_draft_form(tx, id); });
  CHECK_FALSE(db.get([&](auto& tx) { return find_draft_form(tx, id); }));

  db.write([&](Transaction& tx) { return put_draft_form(tx, {id, first}); });
  db.write([&](Transaction& tx) { return delete_transfer(tx, id); });
  CHECK_FALSE(db.get([&](auto& tx) { return find_draft_form(tx, id); }));
}

TEST_CASE("there is no form without its draft") {
  const TestDatabase db;
  CHECK_FALSE(db.database->write([](Transaction& tx) {
    return put_draft_form(tx, {test_id<SealId>(1), test_bytes(90, 1)});
  }));
}
