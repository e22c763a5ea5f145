#include "store/quick_pair_table.h"

#include "store/test_database.h"
#include "store/test_people.h"

using namespace couvert;

namespace {

const Address carl{"carl@example.com"};

QuickAnswerRow answer_row(unsigned number, const Address& recipient) {
  QuickAnswerRow row{test_id<SealId>(number), recipient, anna, {}, from_unix(1000), false};
  row.answer.fill(static_cast<std::byte>(number));
  return row;
}

Transfer sealed_transfer(unsigned number) {
  Transfer transfer = test_transfer(number);
  transfer.state = TransferState::sealed;
  return transfer;
}

bool is_pair(const TestDatabase& db, const Address& one, const Address& other) {
  return db.get([&](Transaction& tx) { return is_quick_pair(tx, one, other); });
}

std::size_t waiting(const TestDatabase& db, const Address& sender) {
  return db
      .get([&](Transaction& tx) {
        return waiting_quick_answers(tx, {sender, from_unix(1'500'000), 10});
      })
      .size();
}

}  // namespace

TEST_CASE("a pair is one pair from both sides, and ends for both") {
  const TestDatabase db;
  CHECK_FALSE(is_pair(db, anna, bert));
  db.write([](Transaction& tx) { return put_quick_pair(tx, bert, anna, from_unix(5)); });
  db.write([](Transaction& tx) { return put_quick_pair(tx, anna, bert, from_unix(6)); });
  CHECK(is_pair(db, anna, bert));
  CHECK(is_pair(db, bert, anna));
  CHECK_FALSE(is_pair(db, anna, carl));
  db.write([](Transaction& tx) { return delete_quick_pair(tx, anna, bert); });
  CHECK_FALSE(is_pair(db, bert, anna));
}

TEST_CASE("a recipient answers once, and the answer waits until the sender has it") {
  const TestDatabase db;
  db.write([](Transaction& tx) { return insert_transfer(tx, sealed_transfer(1)); });
  db.write([](Transaction& tx) { return insert_transfer(tx, test_transfer(2)); });  // a draft
  db.write([](Transaction& tx) { return insert_quick_answer(tx, answer_row(1, bert)); });
  db.write([](Transaction& tx) { return insert_quick_answer(tx, answer_row(1, carl)); });
  db.write([](Transaction& tx) { return insert_quick_answer(tx, answer_row(2, carl)); });
  CHECK_FALSE(db.database->write(
      [](Transaction& tx) { return insert_quick_answer(tx, answer_row(1, bert)); }));
  CHECK(waiting(db, anna) == 2);
  CHECK(waiting(db, bert) == 0);
  const auto ask = [&](Instant now, std::size_t max) {
    return db.get([&](auto& tx) { return waiting_quick_answers(tx, {anna, now, max}); }).size();
  };
  CHECK(ask(from_unix(1'999'999), 1) == 1);
  CHECK(ask(from_unix(2'000'000), 10) == 0);  // the transfer has ended
  QuickAnswerRow others = answer_row(1, bert);
  others.sender = carl;
  CHECK_FALSE(db.get([&](Transaction& tx) { return take_quick_answer(tx, others); }));
  CHECK(db.get([](Transaction& tx) { return take_quick_answer(tx, answer_row(1, bert)); }));
  CHECK(waiting(db, anna) == 1);
  const auto kept =
      db.get([](auto& tx) { return find_quick_answer(tx, test_id<SealId>(1), bert); });
  REQUIRE(kept);
  CHECK(kept->taken);
  CHECK(kept->answer == answer_row(1, bert).answer);
}

TEST_CASE("who starts anew takes back what nobody has taken") {
  const TestDatabase db;
  for (unsigned number : {1U, 2U}) {
    db.write([&](Transaction& tx) { return insert_transfer(tx, sealed_transfer(number)); });
    db.write([&](Transaction& tx) { return insert_quick_answer(tx, answer_row(number, bert)); });
  }
  db.write([](Transaction& tx) { return insert_quick_answer(tx, answer_row(1, carl)); });
  CHECK(db.get([](Transaction& tx) { return take_quick_answer(tx, answer_row(1, bert)); }));
  db.write([](Transaction& tx) { return withdraw_quick_answers(tx, bert); });
  const auto find = [&](unsigned number, const Address& recipient) {
    return db.get(
        [&](auto& tx) { return find_quick_answer(tx, test_id<SealId>(number), recipient); });
  };
  CHECK(find(1, bert));
  CHECK_FALSE(find(2, bert));
  CHECK(find(1, carl));
}

TEST_CASE("answers go with their transfer") {
  const TestDatabase db;
  db.write([](Transaction& tx) { return insert_transfer(tx, sealed_transfer(1)); });
  db.write([](Transaction& tx) { return insert_quick_answer(tx, answer_row(1, bert)); });
  db.write([](Transaction& tx) { return delete_transfer(tx, test_id<SealId>(1)); });
  CHECK(waiting(db, anna) == 0);
  CHECK_FALSE(db.database->write(
      [](Transaction& tx) { return insert_quick_answer(tx, answer_row(1, bert)); }));
}
