#include "store/session_table.h"

#include "store/test_database.h"
#include "store/test_people.h"

using namespace couvert;

static const Buffer hash_1 = test_bytes(32, 1);
static const Buffer hash_2 = test_bytes(32, 2);

static Verification verification(unsigned number, const Buffer& token_hash) {
  return {test_id<VerificationId>(number),
          token_hash,
          anna,
          from_unix(100),
          from_unix(100),
          from_unix(5000)};
}

static Code code(const Buffer& token_hash) {
  return {token_hash, anna, test_bytes(32, 9), from_unix(2000), 0};
}

// The sessions 1 and 2, last used at second 100.
static void insert_sessions(const TestDatabase& db) {
  db.write([](Transaction& tx) -> Result<> {
    const Result<> first = insert_session(tx, {hash_1, from_unix(50), from_unix(100)});
    if (!first) return first;
    return insert_session(tx, {hash_2, from_unix(50), from_unix(100)});
  });
}

static std::vector<Verification> verifications(const TestDatabase& db, const Buffer& hash) {
  return db.get([&](auto& tx) { return verifications_of(tx, hash); });
}

TEST_CASE("a session is found by its hash") {
  const TestDatabase db;
  insert_sessions(db);
  db.write([](Transaction& tx) { return touch_session(tx, hash_1, from_unix(300)); });
  const auto session = db.get([](auto& tx) { return find_session(tx, hash_1); });
  REQUIRE(session.has_value());
  CHECK(session->token_hash == hash_1);
  CHECK(session->created == from_unix(50));
  CHECK(session->used == from_unix(300));
  CHECK_FALSE(db.get([](auto& tx) { return find_session(tx, test_bytes(32, 3)); }));
  const auto twice = db.database->write([](Transaction& tx) {
    return insert_session(tx, {hash_1, from_unix(50), from_unix(100)});
  });
  CHECK(twice.error().code == ErrorCode::conflict);
}

TEST_CASE("a session proves an address once; a new proof takes the place of the old") {
  const TestDatabase db;
  insert_sessions(db);
  Verification other = verification(3, hash_1);
  other.address = Address{"carl@example.org"};
  other.created = from_unix(90);
  db.write([&](Transaction& tx) -> Result<> {
    for (const auto& row : {verification(1, hash_1), other, verification(2, hash_1)}) {
      const Result<> put = put_verification(tx, row);
      if (!put) return put;
    }
    return put_verification(tx, verification(4, hash_2));
  });
  const auto all = verifications(db, hash_1);
  REQUIRE(all.size() == 2);
  CHECK(all[0].address == other.address);
  CHECK(all[1].verification_id == test_id<VerificationId>(2));
  CHECK(all[1].end == from_unix(5000));
  db.write([](Transaction& tx) {
    return touch_verification(tx, test_id<VerificationId>(2), from_unix(700));
  });
  CHECK(verifications(db, hash_1)[1].used == from_unix(700));
}

TEST_CASE("a session can only delete a verification of its own") {
  const TestDatabase db;
  insert_sessions(db);
  db.write([](Transaction& tx) { return put_verification(tx, verification(1, hash_1)); });
  const auto remove = [&](const Buffer& hash) {
    return db.get(
        [&](auto& tx) { return delete_verification(tx, hash, test_id<VerificationId>(1)); });
  };
  CHECK_FALSE(remove(hash_2));
  CHECK(remove(hash_1));
  CHECK_FALSE(remove(hash_1));
  CHECK(verifications(db, hash_1).empty());
}

TEST_CASE("a code has as many tries as it is given, and a new one starts anew") {
  const TestDatabase db;
  insert_sessions(db);
  db.write([](Transaction& tx) { return put_code(tx, code(hash_1)); });
  const auto count = [&](const Code& tried) {
    return db.get([&](auto& tx) { return count_code_try(tx, tried, 2); });
  };
  CHECK(count(code(hash_1)));
  CHECK(count(code(hash_1)));
  CHECK_FALSE(count(code(hash_1)));
  CHECK_FALSE(count(code(hash_2)));
  CHECK(db.get([](auto& tx) { return find_code(tx, hash_1, anna); })->tries == 2);

  Code fresh = code(hash_1);
  fresh.mac = test_bytes(32, 10);
  db.write([&](Transaction& tx) { return put_code(tx, fresh); });
  CHECK_FALSE(count(code(hash_1)));
  CHECK(count(fresh));
  const auto found = db.get([](auto& tx) { return find_code(tx, hash_1, anna); });
  REQUIRE(found.has_value());
  CHECK(found->mac == fresh.mac);
  CHECK(found->end == from_unix(2000));
  db.write([&](Transaction& tx) { return delete_code(tx, fresh); });
  CHECK_FALSE(db.get([](auto& tx) { return find_code(tx, hash_1, anna); }));
}

TEST_CASE("codes, verifications and then sessions go when their time is over") {
  const TestDatabase db;
  insert_sessions(db);
  db.write([](Transaction& tx) -> Result<> {
    const Result<> put = put_code(tx, code(hash_1));  // ends 2000
    if (!put) return put;
    return put_verification(tx, verification(2, hash_2));  // ends 5000
  });
  const auto sweep = [&](std::int64_t now, std::int64_t unused_since) {
    db.write([&](Transaction& tx) {
      return sweep_sessions(tx, from_unix(now), from_unix(unused_since));
    });
  };
  const auto is_there = [&](const Buffer& hash) {
    return db.get([&](auto& tx) { return find_session(tx, hash); }).has_value();
  };
  sweep(1999, 200);
  CHECK(is_there(hash_1));
  sweep(2000, 100);
  CHECK_FALSE(db.get([](auto& tx) { return find_code(tx, hash_1, anna); }));
  CHECK(is_there(hash_1));
  sweep(2000, 101);
  CHECK_FALSE(is_there(hash_1));
  CHECK(is_there(hash_2));
  CHECK(verifications(db, hash_2).size() == 1);
  sweep(5000, 101);
  CHECK_FALSE(is_there(hash_2));
}

TEST_CASE("a verification of no session is refused") {
  const TestDatabase db;
  const auto done = db.database->write(
      [](Transaction& tx) { return put_verification(tx, verification(1, hash_1)); });
  CHECK(done.error().code == ErrorCode::conflict);
}
