#include "store/program_table.h"

#include "store/test_database.h"
#include "store/test_people.h"

using namespace couvert;

namespace {

ProgramWish test_wish(std::uint8_t number) {
  ProgramWish wish;
  wish.device_code_hash = test_bytes(32, number);
  wish.user_code_mac = test_bytes(32, static_cast<std::uint8_t>(number + 100));
  wish.name = "Backup";
  wish.scopes = {Scope::send, Scope::account};
  wish.created = from_unix(100);
  wish.end = from_unix(700);
  wish.pause = 5;
  return wish;
}

Program program_of_anna(std::uint8_t number) {
  return {test_id<ProgramId>(number), test_bytes(32, number), anna, "Backup", {Scope::sent},
          from_unix(100 + number),    from_unix(900)};
}

Result<> insert_with_session(Transaction& tx, const Program& program) {
  const Result<> session =
      insert_session(tx, {program.token_hash, program.created, program.created});
  return session ? insert_program(tx, program) : session;
}

}  // namespace

TEST_CASE("a program that waits is found by its own code and by its person's") {
  const TestDatabase db;
  ProgramWish wish = test_wish(1);
  db.write([&](Transaction& tx) { return insert_program_wish(tx, wish); });
  const auto found = db.get([&](auto& tx) { return find_program_wish(tx, wish.device_code_hash); });
  REQUIRE(found.has_value());
  CHECK(found->scopes == wish.scopes);
  CHECK(found->state == WishState::waiting);
  CHECK_FALSE(found->address.has_value());
  CHECK_FALSE(found->polled.has_value());
  wish.state = WishState::allowed;
  wish.address = anna;
  wish.polled = from_unix(300);
  wish.pause = 10;
  db.write([&](Transaction& tx) { return update_program_wish(tx, wish); });
  const auto changed = db.get([&](auto& tx) { return find_wish_by_code(tx, wish.user_code_mac); });
  REQUIRE(changed.has_value());
  CHECK(changed->state == WishState::allowed);
  CHECK(changed->address == anna);
  CHECK(changed->polled == from_unix(300));
  CHECK(changed->pause == 10);
  db.write([&](Transaction& tx) { return delete_program_wish(tx, wish); });
  CHECK_FALSE(db.get([&](auto& tx) { return find_wish_by_code(tx, wish.user_code_mac); }));
}

TEST_CASE("no two programs wait with one code") {
  const TestDatabase db;
  db.write([&](Transaction& tx) { return insert_program_wish(tx, test_wish(1)); });
  ProgramWish same = test_wish(2);
  same.user_code_mac = test_wish(1).user_code_mac;
  const auto twice =
      db.database->write([&](Transaction& tx) { return insert_program_wish(tx, same); });
  CHECK(twice.error().code == ErrorCode::conflict);
}

TEST_CASE("programs belong to a session and an address, and go when their time is over") {
  const TestDatabase db;
  db.write([&](Transaction& tx) -> Result<> {
    const Result<> later = insert_with_session(tx, program_of_anna(2));
    if (!later) return later;
    const Result<> wish = insert_program_wish(tx, test_wish(1));
    if (!wish) return wish;
    return insert_with_session(tx, program_of_anna(1));
  });
  const auto all = db.get([](auto& tx) { return programs_of(tx, anna); });
  REQUIRE(all.size() == 2);
  CHECK(all[0].program_id == test_id<ProgramId>(1));
  CHECK(db.get([](auto& tx) { return programs_of(tx, Address{"x@example.org"}); }).empty());
  CHECK(db.get([](auto& tx) { return find_program(tx, test_bytes(32, 2)); })->name == "Backup");
  db.write([](Transaction& tx) { return delete_program(tx, test_bytes(32, 2)); });
  CHECK_FALSE(db.get([](auto& tx) { return find_program(tx, test_bytes(32, 2)); }));
  db.write([](Transaction& tx) { return sweep_programs(tx, from_unix(699)); });
  CHECK(db.get([](auto& tx) { return find_program_wish(tx, test_bytes(32, 1)); }).has_value());
  db.write([](Transaction& tx) { return sweep_programs(tx, from_unix(700)); });
  CHECK_FALSE(db.get([](auto& tx) { return find_program_wish(tx, test_bytes(32, 1)); }));
  CHECK(db.get([](auto& tx) { return programs_of(tx, anna); }).size() == 1);
  db.write([](Transaction& tx) { return sweep_programs(tx, from_unix(900)); });
  CHECK(db.get([](auto& tx) { return programs_of(tx, anna); }).empty());
}
