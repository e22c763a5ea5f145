// Every lookup goes by an index, whatever the number of rows: statements are caught on their way
// into SQLite and explained.
#include <soci/soci.h>
#include <soci/sqlite3/soci-sqlite3.h>

#include <chrono>
#include <mutex>
#include <set>

#include "store/check.h"
#include "store/counter_table.h"
#include "store/draft_form_table.h"
#include "store/file_objects.h"
#include "store/program_table.h"
#include "store/quick_pair_table.h"
#include "store/quick_table.h"
#include "store/rule_table.h"
#include "store/sql.h"
#include "store/test_database.h"
#include "store/test_disk.h"
#include "store/test_people.h"

using namespace couvert;
using namespace sqlite_api;

namespace {

// The statements that ran since the test began, as they were prepared.
struct Caught {
  std::mutex mutex;
  std::set<std::string> statements;
};

Caught& caught() {
  static Caught all;
  return all;
}

int note(unsigned, void*, void* statement, void*) {
  const char* sql = sqlite3_sql(static_cast<sqlite3_stmt*>(statement));
  const std::lock_guard lock(caught().mutex);
  if (sql != nullptr) caught().statements.insert(sql);
  return 0;
}

int watch(sqlite3* connection, const char**, const void*) {
  return sqlite3_trace_v2(connection, SQLITE_TRACE_STMT, note, nullptr);
}

// Watches every connection opened while it lives.
struct Watch {
  Watch() { sqlite3_auto_extension(reinterpret_cast<void (*)()>(watch)); }
  ~Watch() { sqlite3_cancel_auto_extension(reinterpret_cast<void (*)()>(watch)); }
  Watch(const Watch&) = delete;
  Watch& operator=(const Watch&) = delete;
};

std::vector<std::string> plan_of(const TestDatabase& db, const std::string& sql) {
  std::vector<std::string> steps;
  db.write([&](Transaction& tx) {
    return for_each_row(tx, {"EXPLAIN QUERY PLAN " + sql, {}, 4},
                        [&](const StoredRow& row) -> Result<> {
                          steps.push_back(row[3].value_or(""));
                          return {};
                        });
  });
  return steps;
}

void use_transfers(Transaction& tx) {
  const SealId id = test_id<SealId>(1);
  const Instant now = from_unix(5);
  CHECK(insert_transfer(tx, test_transfer(1)));
  CHECK(update_transfer(tx, test_transfer(1)));
  CHECK(find_transfer(tx, id));
  CHECK(find_draft(tx, test_id<SlotId>(1)));
  CHECK(find_tracked(tx, test_id<TrackingId>(1)));
  CHECK(count_drafts(tx, test_transfer(1).sender));
  CHECK(sent_transfers(tx, test_transfer(1).sender, std::nullopt, 5));
  CHECK(sent_transfers(tx, test_transfer(1).sender, test_transfer(1), 5));
  CHECK(received_transfers(tx, {test_transfer(1).sender, now, std::nullopt, 5}));
  CHECK(received_transfers(tx, {test_transfer(1).sender, now, test_transfer(1), 5}));
  CHECK(ended_transfers(tx, TransferState::sealed, now, 5));
  CHECK(transfers_to_erase(tx, 5));
  CHECK(is_day_needed(tx, 3));
  CHECK(set_warned(tx, id, now));
  CHECK(take_file_no(tx, id));
  CHECK(insert_recipient(tx, test_recipient(1, 0)));
  CHECK(recipients_of(tx, id));
  CHECK(find_recipient_at(tx, id, 0));
  CHECK(find_recipient(tx, test_bytes(32, 1)));
  CHECK(find_recipient_of(tx, id, test_transfer(1).sender));
  CHECK(update_recipient(tx, test_recipient(1, 0)));
  CHECK(settle_mail(tx, id, 0, {MailState::failed, now, ""}));
  CHECK(set_mail_id(tx, id, 0, test_id<MailId>(1)));
  CHECK(note_bounce(tx, test_id<MailId>(1), "why"));
  CHECK(bounced_recipients(tx, 5));
  CHECK(clear_bounce(tx, id, 0));
  CHECK(set_opened(tx, id, 0, now));
  CHECK(set_retrieved(tx, id, 0, now));
  CHECK(note_download(tx, test_recipient(1, 0), 0, now));
  CHECK(note_viewing(tx, test_recipient(1, 0), 0, now));
  CHECK(is_viewed(tx, test_recipient(1, 0), 0));
  CHECK(fetched_by(tx, id, 0));
  CHECK(fetched_counts(tx, id));
  CHECK(recipient_counts(tx, id));
  CHECK(first_recipients(tx, id, 3));
}

void use_files_and_keyslots(Transaction& tx) {
  const SealId id = test_id<SealId>(1);
  const KeyslotRow keyslot = test_keyslot(1, KeyslotUse::session);
  FileRow moved = test_file(1, 0);
  moved.parts = 1;
  moved.offset = test_part(1, 0, 0).bytes;
  CHECK(insert_file(tx, test_file(1, 0)));
  CHECK(find_file(tx, id, 0));
  CHECK(files_of(tx, id));
  CHECK(claim_file(tx, test_file(1, 0), moved.record));
  CHECK(advance_file(tx, moved, test_part(1, 0, 0), moved.record));
  CHECK(unsent_bytes(tx, Address{"anna@example.org"}));
  CHECK(find_part(tx, {id, 0, 0}));
  CHECK(parts_of_file(tx, id, 0));
  CHECK(parts_of(tx, id, 5));
  CHECK(is_object_known(tx, test_id<ObjectId>(99)));
  CHECK(delete_part(tx, test_part(1, 0, 0)));
  CHECK(delete_file(tx, id, 0));
  CHECK(clear_records(tx, id));
  CHECK(file_totals(tx, id));
  CHECK(put_draft_form(tx, {id, test_bytes(90, 1)}));
  CHECK(find_draft_form(tx, id));
  CHECK(delete_draft_form(tx, id));
  CHECK(insert_keyslot(tx, keyslot));
  CHECK(find_keyslot(tx, id, keyslot.slot_id));
  CHECK(find_session_keyslot(tx, keyslot.slot_id, keyslot.mac));
  CHECK(touch_keyslot(tx, keyslot.slot_id, from_unix(5)));
  CHECK(delete_keyslot(tx, id, keyslot.slot_id));
  CHECK(keyslots_of(tx, id));
  CHECK_FALSE(recoat_keyslot(tx, keyslot));
  CHECK(delete_keyslots_at(tx, id, 0));
  CHECK(delete_keyslots(tx, id));
  CHECK(sweep_session_keyslots(tx, from_unix(5), from_unix(5)));
}

void use_quick(Transaction& tx) {
  const DeviceId device = test_id<DeviceId>(1);
  const Instant now = from_unix(5);
  CHECK(insert_quick_person(tx, {anna, {}, {}, now, test_bytes(201, 1)}));
  CHECK(find_quick_person(tx, anna));
  CHECK(put_quick_recovery(tx, anna, test_bytes(201, 2)));
  CHECK(insert_quick_book(tx, {anna, 1, test_bytes(80, 1)}));
  CHECK(find_quick_book(tx, anna));
  CHECK(replace_quick_book(tx, {anna, 2, test_bytes(80, 2)}));
  CHECK(insert_quick_client(tx, {device, anna, {}, "one", test_bytes(201, 1), now, now}));
  CHECK(find_quick_client(tx, device));
  CHECK(quick_clients_of(tx, anna));
  CHECK(touch_quick_client(tx, device, now));
  CHECK(delete_quick_client(tx, anna, device));
  CHECK(put_quick_code(tx, {anna, test_bytes(201, 1), now}));
  CHECK(find_quick_code(tx, anna));
  CHECK(delete_quick_code(tx, anna));
  CHECK(sweep_quick_codes(tx, now));
  const QuickAnswerRow answer{test_id<SealId>(1), anna, anna, {}, now, false};
  CHECK(insert_quick_answer(tx, answer));
  CHECK(find_quick_answer(tx, answer.seal_id, anna));
  CHECK(waiting_quick_answers(tx, {anna, now, 5}));
  CHECK(take_quick_answer(tx, answer));
  CHECK(withdraw_quick_answers(tx, anna));
  CHECK(put_quick_pair(tx, anna, Address{"bert@example.net"}, now));
  CHECK(is_quick_pair(tx, anna, Address{"bert@example.net"}));
  CHECK(quick_contacts_of(tx, anna));
  CHECK(delete_quick_pair(tx, anna, Address{"bert@example.net"}));
  CHECK(put_quick_reset(tx, {anna, Language::en, now}));
  CHECK(quick_resets(tx, 5));
  CHECK(delete_quick_reset(tx, anna));
  CHECK(delete_quick_person(tx, anna));
}

void use_programs(Transaction& tx) {
  const Buffer hash = test_bytes(32, 2);
  const Instant now = from_unix(5);
  ProgramWish wish;
  wish.device_code_hash = hash;
  wish.scopes = {Scope::send};
  CHECK(insert_program_wish(tx, wish));
  CHECK(find_program_wish(tx, hash));
  CHECK(find_wish_by_code(tx, hash));
  CHECK(update_program_wish(tx, wish));
  CHECK(delete_program_wish(tx, wish));
  CHECK(insert_session(tx, {hash, now, now}));
  CHECK(insert_program(tx, {test_id<ProgramId>(1), hash, anna, "x", {Scope::send}, now, now}));
  CHECK(find_program(tx, hash));
  CHECK(programs_of(tx, anna));
  CHECK(delete_program(tx, hash));
  CHECK(sweep_programs(tx, now));
}

void use_the_rest(Transaction& tx) {
  const Instant now = from_unix(5);
  const Buffer hash = test_bytes(32, 1);
  const Code code{hash, anna, hash, now, 0};
  CHECK(insert_mail(tx, test_mail(1)));
  CHECK(is_waiting(tx, test_mail(1).mail_id));
  CHECK(delete_notification(tx, test_id<SealId>(1), 0));
  CHECK(lease_mails(tx, from_unix(9000), from_unix(9001), 5));
  CHECK(postpone_mail(tx, test_id<MailId>(1), now));
  CHECK(delete_mail(tx, test_id<MailId>(1)));
  CHECK(delete_mails_of(tx, test_id<SealId>(1)));
  CHECK(insert_session(tx, {hash, now, now}));
  CHECK(find_session(tx, hash));
  CHECK(touch_session(tx, hash, now));
  CHECK(put_verification(tx, {test_id<VerificationId>(1), hash, anna, now, now, now}));
  CHECK(verifications_of(tx, hash));
  CHECK(touch_verification(tx, test_id<VerificationId>(1), now));
  CHECK(delete_verification(tx, hash, test_id<VerificationId>(1)));
  CHECK(put_code(tx, code));
  CHECK(find_code(tx, hash, anna));
  CHECK(count_code_try(tx, code, 5));
  CHECK(delete_code(tx, code));
  CHECK(sweep_sessions(tx, now, now));
  CHECK(add_to_counter(tx, "key", now, 1));
  CHECK(read_counter(tx, "key", now));
  CHECK(sum_of_counter(tx, "key", now));
  CHECK(add_attempt(tx, "key", now));
  CHECK(attempts_of(tx, "key"));
  CHECK(clear_attempts(tx, "key"));
  CHECK(sweep_counters(tx, now));
  CHECK(add_rule(tx, {0, RuleAction::allow, "*", "*"}));
  CHECK(remove_rule(tx, 1));
  CHECK(delete_transfer(tx, test_id<SealId>(1)));
}

}  // namespace

TEST_CASE("every lookup of every table goes by an index, and no result is sorted as a whole") {
  const Watch watching;
  const TestDatabase db;
  caught().statements.clear();
  db.write([](Transaction& tx) -> Result<> {
    use_transfers(tx);
    use_files_and_keyslots(tx);
    use_quick(tx);
    use_programs(tx);
    use_the_rest(tx);
    return {};
  });
  const std::set<std::string> statements = caught().statements;
  CHECK(statements.size() > 50);
  for (const std::string& sql : statements) {
    for (const std::string& step : plan_of(db, sql)) {
      CAPTURE(sql);
      CAPTURE(step);
      // The first few in an index's order need no search.
      const bool is_head = sql.find(" LIMIT ") != std::string::npos &&
                           step.find(" USING INDEX ") != std::string::npos;
      CHECK((is_head || step.find("SCAN ") == std::string::npos));
      // Two states, a few recipients or what is open for one address may be sorted, more may not.
      const bool is_small = sql.find("FROM verification") != std::string::npos ||
                            sql.find("FROM recipient WHERE address") != std::string::npos;
      CHECK((is_small || step.find("USE TEMP B-TREE") == std::string::npos));
    }
  }
}

TEST_CASE("a database of 100 000 transfers opens within a second, and finds one at once") {
  TestDatabase db;
  db.write([](Transaction& tx) -> Result<> {
    for (const char* sql :
         {"INSERT INTO transfer SELECT printf('%026d', value), printf('%026d', value), "
          "printf('%026d', value), 'anna@example.org', 'sealed', 1, 2, 3, 'de', 'password', 0, 0, "
          "0, '{}', NULL, 'bm90aWNl', 1, NULL, NULL FROM numbers",
          "INSERT INTO recipient SELECT printf('%026d', value), 0, 'bert@example.net', 'to', "
          "printf('%043d', value), 'x', 'waiting', NULL, NULL, '', NULL, NULL, NULL, NULL "
          "FROM numbers"}) {
      tx.session() << "WITH RECURSIVE numbers (value) AS "
                      "(SELECT 0 UNION ALL SELECT value + 1 FROM numbers WHERE value < 99999) " +
                          std::string(sql);
    }
    return {};
  });
  db.write([](Transaction& tx) { return insert_transfer(tx, test_transfer(1)); });
  db.database.reset();

  const auto begin = std::chrono::steady_clock::now();
  auto opened = Database::open(db.url);
  REQUIRE(opened.has_value());
  db.database = std::move(*opened);
  CHECK(db.get([](auto& tx) { return find_transfer(tx, test_id<SealId>(1)); }));
  CHECK(db.get([](auto& tx) { return transfers_to_erase(tx, 10); }).empty());
  CHECK(std::chrono::steady_clock::now() - begin < std::chrono::seconds(1));
}
