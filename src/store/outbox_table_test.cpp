#include "store/outbox_table.h"

#include "base/limits.h"
#include "store/sql.h"
#include "store/test_database.h"

using namespace couvert;

static std::vector<OutboxRow> lease(const TestDatabase& db, std::int64_t now, std::size_t limit) {
  return db.get(
      [&](auto& tx) { return lease_mails(tx, from_unix(now), from_unix(now + 300), limit); });
}

// Mails 1 to `count`; mail n is due at second 1000 + n.
static void insert_mails(const TestDatabase& db, unsigned count) {
  db.write([&](Transaction& tx) -> Result<> {
    for (unsigned i = count; i > 0; --i) {
      const Result<> inserted = insert_mail(tx, test_mail(i));
      if (!inserted) return inserted;
    }
    return {};
  });
}

TEST_CASE("due mails are leased oldest first, as they were stored") {
  const TestDatabase db;
  insert_mails(db, 3);
  CHECK(lease(db, 1000, 10).empty());
  const auto due = lease(db, 1002, 10);
  REQUIRE(due.size() == 2);
  CHECK(due[0].mail_id == test_id<MailId>(1));
  CHECK(due[0].kind == MailKind::code);
  CHECK(due[0].address == Address{"bert@example.net"});
  CHECK(due[0].content == test_bytes(300, 5));
  CHECK(due[0].day == 20'000);
  CHECK(due[0].next_try == from_unix(1001));
  CHECK(due[0].end == from_unix(9000));
  CHECK_FALSE(due[0].seal_id);
  CHECK(due[1].mail_id == test_id<MailId>(2));
}

// Bug: one spoilt row held up every mail.
TEST_CASE("a row that cannot be read holds up no other") {
  const TestDatabase db;
  insert_mails(db, 3);
  db.write([](Transaction& tx) {
    return run(tx, "UPDATE outbox SET kind = 'x' WHERE mail_id = :mail_id",
               {{"mail_id", encode(test_id<MailId>(1))}});
  });
  CHECK(lease(db, 2000, 10).size() == 2);
}

TEST_CASE("a time that nobody waits for is due: it was written while the clock was ahead") {
  const TestDatabase db;
  insert_mails(db, 1);
  const Instant far = from_unix(1000) + limits::mail_pause_max + std::chrono::seconds(2);
  db.write([&](Transaction& tx) { return postpone_mail(tx, test_id<MailId>(1), far); });
  CHECK(lease(db, 1002, 10).empty());
  CHECK(lease(db, 1001, 10).size() == 1);
}

TEST_CASE("leases and short pauses can be taken back, longer ones stay") {
  const TestDatabase db;
  insert_mails(db, 2);
  REQUIRE(lease(db, 1500, 1).size() == 1);
  db.write([](Transaction& tx) { return postpone_mail(tx, test_id<MailId>(2), from_unix(2000)); });
  db.write([](Transaction& tx) { return take_back_leases(tx, from_unix(1501), from_unix(1801)); });
  const auto due = lease(db, 1501, 10);
  REQUIRE(due.size() == 1);
  CHECK(due[0].mail_id == test_id<MailId>(1));
}

TEST_CASE("a leased mail is nobody else's until the lease ends") {
  const TestDatabase db;
  insert_mails(db, 2);
  CHECK(lease(db, 2000, 1).size() == 1);
  CHECK(lease(db, 2000, 10).size() == 1);
  CHECK(lease(db, 2299, 10).empty());
  CHECK(lease(db, 2300, 10).size() == 2);
}

TEST_CASE("a mail tried in vain comes back at its time with its tries counted") {
  const TestDatabase db;
  insert_mails(db, 1);
  REQUIRE(lease(db, 1001, 1).size() == 1);
  db.write([](Transaction& tx) { return postpone_mail(tx, test_id<MailId>(1), from_unix(1100)); });
  CHECK(lease(db, 1099, 1).empty());
  const auto again = lease(db, 1100, 1);
  REQUIRE(again.size() == 1);
  CHECK(again[0].tries == 1);
}

TEST_CASE("a settled mail leaves nothing, and the outbox says how many wait since when") {
  const TestDatabase db;
  CHECK(db.get([](auto& tx) { return outbox_state(tx); }).waiting == 0);
  CHECK_FALSE(db.get([](auto& tx) { return outbox_state(tx); }).oldest);
  insert_mails(db, 3);
  db.write([](Transaction& tx) { return delete_mail(tx, test_id<MailId>(1)); });
  const auto state = db.get([](auto& tx) { return outbox_state(tx); });
  CHECK(state.waiting == 2);
  CHECK(state.oldest == from_unix(1002));
}

TEST_CASE("mails of a transfer that must not go out any more are deleted, others stay") {
  const TestDatabase db;
  insert_mails(db, 1);
  for (const MailKind kind :
       {MailKind::notification, MailKind::handed_over, MailKind::downloaded,
        MailKind::undeliverable, MailKind::wrong_passwords, MailKind::password_asked}) {
    OutboxRow mail = test_mail(10 + static_cast<unsigned>(kind));
    mail.kind = kind;
    mail.seal_id = test_id<SealId>(1);
    mail.position = 4;
    db.write([&](Transaction& tx) { return insert_mail(tx, mail); });
  }
  const auto all = lease(db, 2000, 10);
  REQUIRE(all.size() == 7);
  CHECK(all[4].seal_id == test_id<SealId>(1));
  CHECK(all[4].kind == MailKind::undeliverable);
  CHECK(all[5].kind == MailKind::wrong_passwords);
  CHECK(all[6].kind == MailKind::password_asked);
  CHECK(all[4].position == 4);
  db.write([](Transaction& tx) { return delete_mails_of(tx, test_id<SealId>(1)); });
  CHECK(db.get([](auto& tx) { return outbox_state(tx); }).waiting == 1);
  const auto twice =
      db.database->write([](Transaction& tx) { return insert_mail(tx, test_mail(1)); });
  CHECK(twice.error().code == ErrorCode::conflict);
}
