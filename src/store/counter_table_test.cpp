#include "store/counter_table.h"

#include "store/test_database.h"

using namespace couvert;

TEST_CASE("a counter adds up within its window") {
  const TestDatabase db;
  const auto add = [&](std::string_view key, std::int64_t window, std::int64_t amount) {
    return db.get([&](auto& tx) { return add_to_counter(tx, key, from_unix(window), amount); });
  };
  CHECK(add("a", 0, 2) == 2);
  CHECK(add("a", 0, 3) == 5);
  CHECK(add("a", 3600, 1) == 1);
  CHECK(add("b", 0, 1) == 1);
  const auto read = [&](std::string_view key, std::int64_t window) {
    return db.get([&](auto& tx) { return read_counter(tx, key, from_unix(window)); });
  };
  CHECK(read("a", 0) == 5);
  CHECK(read("c", 0) == 0);
  const auto sum = [&](std::string_view key, std::int64_t since) {
    return db.get([&](auto& tx) { return sum_of_counter(tx, key, from_unix(since)); });
  };
  CHECK(sum("a", 0) == 6);
  CHECK(sum("a", 1) == 1);
  CHECK(sum("a", 3600) == 1);
  CHECK(sum("a", 3601) == 0);
  CHECK(add("a", 3600, -1) == 0);
  CHECK(add("a", 3600, 1) == 1);
  db.write([](Transaction& tx) { return sweep_counters(tx, from_unix(3600)); });
  CHECK(read("a", 0) == 0);
  CHECK(read("a", 3600) == 1);
}

TEST_CASE("wrong passwords are counted, with the time of the last") {
  const TestDatabase db;
  const auto attempts = [&] { return db.get([](auto& tx) { return attempts_of(tx, "k"); }); };
  CHECK(attempts().failures == 0);
  for (const std::int64_t now : {100, 200}) {
    db.write([&](Transaction& tx) { return add_attempt(tx, "k", from_unix(now)); });
  }
  CHECK(attempts().failures == 2);
  CHECK(attempts().last == from_unix(200));
  db.write([](Transaction& tx) { return sweep_counters(tx, from_unix(200)); });
  CHECK(attempts().failures == 2);
  db.write([](Transaction& tx) { return sweep_counters(tx, from_unix(201)); });
  CHECK(attempts().failures == 0);
  db.write([](Transaction& tx) { return add_attempt(tx, "k", from_unix(300)); });
  db.write([](Transaction& tx) { return clear_attempts(tx, "k"); });
  CHECK(attempts().failures == 0);
}

TEST_CASE("a counter's key is bounded") {
  const TestDatabase db;
  const auto add = [&](std::size_t bytes) {
    return db.ask(
        [&](auto& tx) { return add_to_counter(tx, std::string(bytes, 'k'), from_unix(0), 1); });
  };
  CHECK(add(200).has_value());
  CHECK(add(201).error().code == ErrorCode::invalid);
  const auto attempt = db.database->write(
      [](Transaction& tx) { return add_attempt(tx, std::string(201, 'k'), from_unix(0)); });
  CHECK(attempt.error().code == ErrorCode::invalid);
}
