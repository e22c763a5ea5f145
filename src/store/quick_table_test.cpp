#include "store/quick_table.h"

#include <map>

#include "store/test_database.h"
#include "store/test_people.h"
#include "store/test_raw_rows.h"

using namespace couvert;

namespace {

QuickPersonRow person_row() {
  QuickPersonRow person{anna, {}, {}, from_unix(1000), test_bytes(201, 1)};
  person.public_key.fill(std::byte{4});
  person.member_hash.fill(std::byte{5});
  return person;
}

QuickClientRow client_row(unsigned number) {
  QuickClientRow client{
      test_id<DeviceId>(number), anna,           {}, "Büro", test_bytes(201, number),
      from_unix(1000 + number),  from_unix(2000)};
  client.token_hash.fill(static_cast<std::byte>(number));
  return client;
}

// Anna with her first book and two clients.
struct QuickStore {
  TestDatabase db;

  QuickStore() {
    db.write([](Transaction& tx) { return insert_quick_person(tx, person_row()); });
    db.write([](Transaction& tx) { return insert_quick_book(tx, {anna, 1, test_bytes(80, 1)}); });
    db.write([](Transaction& tx) { return insert_quick_client(tx, client_row(2)); });
    db.write([](Transaction& tx) { return insert_quick_client(tx, client_row(1)); });
  }

  bool replace(std::int64_t version, unsigned byte) const {
    return db.get([&](Transaction& tx) {
      return replace_quick_book(tx, {anna, version, test_bytes(100, byte)});
    });
  }
};

}  // namespace

TEST_CASE("a person of QUICK is stored once, with clients in the order in which they came") {
  const QuickStore store;
  const auto person = store.db.get([](auto& tx) { return find_quick_person(tx, anna); });
  REQUIRE(person);
  CHECK(person->public_key == person_row().public_key);
  CHECK(person->member_hash == person_row().member_hash);
  CHECK(person->recovery == test_bytes(201, 1));
  CHECK(store.db
            .ask([](Transaction& tx) -> Result<bool> {
              const Result<> again = insert_quick_person(tx, person_row());
              if (!again) return pass(again);
              return true;
            })
            .error()
            .code == ErrorCode::conflict);
  store.db.write([](Transaction& tx) { return put_quick_recovery(tx, anna, test_bytes(201, 9)); });
  CHECK(store.db.get([](auto& tx) { return find_quick_person(tx, anna); })->recovery ==
        test_bytes(201, 9));
  const auto clients = store.db.get([](auto& tx) { return quick_clients_of(tx, anna); });
  REQUIRE(clients.size() == 2);
  CHECK(clients[0].device_id == test_id<DeviceId>(1));
  CHECK(clients[1].name == "Büro");
}

TEST_CASE("a book is replaced by the version right after it, and by no other") {
  const QuickStore store;
  CHECK_FALSE(store.replace(1, 7));
  CHECK_FALSE(store.replace(3, 7));
  CHECK(store.replace(2, 2));
  CHECK_FALSE(store.replace(2, 7));  // another client was faster
  CHECK(store.replace(3, 3));
  const auto book = store.db.get([](auto& tx) { return find_quick_book(tx, anna); });
  REQUIRE(book);
  CHECK(book->version == 3);
  CHECK(book->sealed == test_bytes(100, 3));
}

TEST_CASE("a client is noted as used, and deleted only for its own person") {
  const QuickStore store;
  const DeviceId id = test_id<DeviceId>(1);
  store.db.write([&](Transaction& tx) { return touch_quick_client(tx, id, from_unix(3000)); });
  CHECK(store.db.get([&](auto& tx) { return find_quick_client(tx, id); })->used == from_unix(3000));
  CHECK_FALSE(store.db.get([&](auto& tx) { return delete_quick_client(tx, bert, id); }));
  CHECK(store.db.get([&](auto& tx) { return delete_quick_client(tx, anna, id); }));
  CHECK_FALSE(store.db.get([&](auto& tx) { return find_quick_client(tx, id); }));
}

TEST_CASE("what is left for one more client is the last, and goes at its end") {
  const QuickStore store;
  const auto put = [&](unsigned byte, std::int64_t end) {
    store.db.write([&](Transaction& tx) {
      return put_quick_code(tx, {anna, test_bytes(201, byte), from_unix(end)});
    });
  };
  const auto find = [&] {
    return store.db.get([](auto& tx) { return find_quick_code(tx, anna); });
  };
  put(1, 5000);
  put(2, 6000);
  CHECK(find()->sealed == test_bytes(201, 2));
  store.db.write([](Transaction& tx) { return sweep_quick_codes(tx, from_unix(5999)); });
  CHECK(find());
  store.db.write([](Transaction& tx) { return sweep_quick_codes(tx, from_unix(6000)); });
  CHECK_FALSE(find());
  put(3, 7000);
  store.db.write([](Transaction& tx) { return delete_quick_code(tx, anna); });
  CHECK_FALSE(find());
}

TEST_CASE("a person goes with everything that is hers, and there is nothing without a person") {
  const QuickStore store;
  store.db.write([](Transaction& tx) {
    return put_quick_code(tx, {anna, test_bytes(201, 1), from_unix(5000)});
  });
  store.db.write([](Transaction& tx) { return delete_quick_person(tx, anna); });
  CHECK_FALSE(store.db.get([](auto& tx) { return find_quick_person(tx, anna); }));
  CHECK_FALSE(store.db.get([](auto& tx) { return find_quick_book(tx, anna); }));
  CHECK_FALSE(store.db.get([](auto& tx) { return find_quick_code(tx, anna); }));
  CHECK(store.db.get([](auto& tx) { return quick_clients_of(tx, anna); }).empty());
  CHECK_FALSE(store.db.database->write(
      [](Transaction& tx) { return insert_quick_client(tx, client_row(1)); }));
}

TEST_CASE("the tables of QUICK have no column that the server could open") {
  // Addresses, times, names, what is public, hashes of tokens, and what clients seal. Whoever adds
  // a column looks whether it is one of these.
  const std::map<std::string, std::string> known = {
      {"quick_person", "address public_key member_hash since recovery language"},
      {"quick_book", "address version sealed"},
      {"quick_client", "device_id address token_hash name sealed since used"},
      {"quick_code", "address sealed end"},
      {"quick_pair", "one other since"},
      {"quick_answer", "seal_id recipient sender answer since taken"},
      {"quick_reset", "address language since"}};
  const QuickStore store;
  RawRows rows(store.db.folder.file("couvert.db"));
  std::map<std::string, std::string> found;
  for (const std::string& table : rows.tables()) {
    if (!table.starts_with("quick_")) continue;
    std::string& columns = found[table];
    for (const std::string& column : rows.columns(table)) {
      columns += (columns.empty() ? "" : " ") + column;
    }
  }
  CHECK(found == known);
}
