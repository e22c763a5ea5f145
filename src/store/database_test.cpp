#include "store/database.h"

#include <soci/soci.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <iterator>
#include <thread>

#include "store/counter_table.h"
#include "store/migrations.h"
#include "store/sql.h"
#include "store/test_database.h"

using namespace couvert;

static std::string pragma(const TestDatabase& db, const std::string& name) {
  std::string answer;
  db.write([&](Transaction& tx) -> Result<> {
    tx.session() << "PRAGMA " + name, soci::into(answer);
    return {};
  });
  return answer;
}

TEST_CASE(
    "a database is durable, overwrites what it deletes and keeps its temporary data to memory") {
  const TestDatabase db;
  CHECK(pragma(db, "journal_mode") == "wal");
  CHECK(pragma(db, "synchronous") == "2");
  CHECK(pragma(db, "foreign_keys") == "1");
  CHECK(pragma(db, "secure_delete") == "1");
  CHECK(pragma(db, "temp_store") == "2");
  CHECK(pragma(db, "busy_timeout") == "5000");
}

TEST_CASE("only the server's user can read the database") {
  const TestDatabase db;
  db.write([](Transaction& tx) { return insert_transfer(tx, test_transfer(1)); });
  for (const char* name : {"couvert.db", "couvert.db-wal", "couvert.db-shm", "couvert.db.lock"}) {
    CAPTURE(name);
    struct stat status {};
    REQUIRE(stat(db.folder.file(name).c_str(), &status) == 0);
    CHECK((status.st_mode & 0777) == 0600);
  }
}

TEST_CASE("a second server on the same database is refused, a subcommand is not") {
  TestDatabase db;
  const auto second = Database::open(db.url);
  REQUIRE_FALSE(second.has_value());
  CHECK(second.error().code == ErrorCode::conflict);

  const auto beside = Database::open_beside(db.url);
  REQUIRE(beside.has_value());
  CHECK((*beside)->write([](Transaction& tx) { return insert_transfer(tx, test_transfer(1)); }));
  CHECK(db.get([](auto& tx) { return find_transfer(tx, test_id<SealId>(1)); }));

  db.database.reset();
  CHECK(Database::open(db.url).has_value());
}

TEST_CASE("a subcommand may come before the first server, and does not keep it out") {
  const TestFolder folder;
  const std::string url = "sqlite:" + folder.file("couvert.db");
  const auto beside = Database::open_beside(url);
  REQUIRE(beside.has_value());
  CHECK((*beside)->write([](Transaction& tx) { return insert_transfer(tx, test_transfer(1)); }));
  CHECK(Database::open(url).has_value());
}

TEST_CASE("a database elsewhere is refused with a reason") {
  const TestFolder folder;
  for (const std::string url : {"postgresql://localhost/couvert", "couvert.db",
                                "sqlite:", "sqlite::memory:", "sqlite:a\"b", "mysql:x"}) {
    CAPTURE(url);
    CHECK(Database::open(url).error().code == ErrorCode::invalid);
    CHECK(Database::open_beside(url).error().code == ErrorCode::invalid);
  }
  CHECK(Database::open("postgresql://x").error().detail.find("PostgreSQL") != std::string::npos);
  const std::string nowhere = "sqlite:" + folder.file("missing/couvert.db");
  CHECK(Database::open(nowhere).error().code == ErrorCode::unavailable);
  CHECK(Database::open_beside(nowhere).error().code == ErrorCode::unavailable);
}

TEST_CASE("a transaction that fails leaves nothing") {
  const TestDatabase db;
  const Result<> refused = db.database->write([](Transaction& tx) -> Result<> {
    const Result<> inserted = insert_transfer(tx, test_transfer(1));
    if (!inserted) return inserted;
    return fail(ErrorCode::refused, "no");
  });
  CHECK(refused.error().code == ErrorCode::refused);
  CHECK_THROWS_AS((void)db.database->write([](Transaction& tx) -> Result<> {
    const Result<> inserted = insert_transfer(tx, test_transfer(2));
    if (!inserted) return inserted;
    throw std::bad_alloc();
  }),
                  std::bad_alloc);
  const Result<> clash = db.database->write([](Transaction& tx) -> Result<> {
    for (int i = 0; i < 2; ++i) {
      const Result<> inserted = insert_transfer(tx, test_transfer(3));
      if (!inserted) return inserted;
    }
    return {};
  });
  CHECK(clash.error().code == ErrorCode::conflict);
  CHECK(db.get([](auto& tx) { return count_drafts(tx, test_transfer(1).sender); }) == 0);
  db.write([](Transaction& tx) { return insert_transfer(tx, test_transfer(1)); });
}

TEST_CASE("a row that belongs to no transfer is refused when the transaction ends") {
  const TestDatabase db;
  const Result<> done = db.database->write(
      [](Transaction& tx) { return insert_recipient(tx, test_recipient(1, 0)); });
  CHECK(done.error().code == ErrorCode::conflict);
  CHECK(db.get([](auto& tx) { return recipients_of(tx, test_id<SealId>(1)); }).empty());
}

TEST_CASE("reading cannot write, and sees one state while others write") {
  const TestDatabase db;
  const Result<> wrote =
      db.database->read([](Transaction& tx) { return insert_transfer(tx, test_transfer(1)); });
  CHECK(wrote.error().code == ErrorCode::unavailable);

  const Result<> read = db.database->read([&](Transaction& tx) -> Result<> {
    for (unsigned i = 1; i <= 2; ++i) {
      const auto count = count_drafts(tx, test_transfer(1).sender);
      REQUIRE(count.has_value());
      CHECK(*count == 0);
      db.write([&](Transaction& other) { return insert_transfer(other, test_transfer(i)); });
    }
    return {};
  });
  CHECK(read.has_value());
  CHECK(db.get([](auto& tx) { return count_drafts(tx, test_transfer(1).sender); }) == 2);
}

TEST_CASE("many threads write and read, and none loses what another wrote") {
  const TestDatabase db;
  constexpr int threads_count = 8;
  constexpr int rounds = 50;
  std::vector<std::thread> threads;
  threads.reserve(threads_count);
  std::atomic<int> failures = 0;
  for (int i = 0; i < threads_count; ++i) {
    threads.emplace_back([&] {
      for (int round = 0; round < rounds; ++round) {
        const auto written = db.database->write([](Transaction& tx) -> Result<> {
          const auto sum = add_to_counter(tx, "key", from_unix(0), 1);
          if (!sum) return pass(sum);
          return {};
        });
        const auto read = db.database->read([](Transaction& tx) -> Result<> {
          const auto sum = read_counter(tx, "key", from_unix(0));
          if (!sum) return pass(sum);
          return {};
        });
        if (!written || !read) ++failures;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(failures == 0);
  CHECK(db.get([](auto& tx) { return read_counter(tx, "key", from_unix(0)); }) ==
        threads_count * rounds);
}

TEST_CASE("a column that does not hold what was written is damaged, not read as something else") {
  const TestDatabase db;
  db.write([](Transaction& tx) { return insert_transfer(tx, test_transfer(1)); });
  for (const std::string spoilt :
       {"draft_id = 'AAAAAAAAAAAAAAAAAAAAAAAAAA'", "state = 'sent'", "language = 'fr'",
        "\"end\" = 'soon'", "notify_delivery = 2", "open_by = ''", "manifest_object = 'short'"}) {
    CAPTURE(spoilt);
    Result<> found;
    const Result<> done = db.database->write([&](Transaction& tx) -> Result<> {
      tx.session() << "UPDATE transfer SET " + spoilt;
      const auto transfer = find_transfer(tx, test_id<SealId>(1));
      if (!transfer) return pass(transfer);
      return fail(ErrorCode::invalid, "it was read");
    });
    CHECK(done.error().code == ErrorCode::damaged);
  }
}

TEST_CASE("what was deleted lies neither in the database's file nor in its log") {
  const TestDatabase db;
  const auto lies = [&](const char* name) {
    std::ifstream file(db.folder.file(name), std::ios::binary);
    const std::string bytes((std::istreambuf_iterator<char>(file)), {});
    return bytes.find("nowhere-else-in-the-world") != std::string::npos;
  };
  db.write([](Transaction& tx) {
    Transfer transfer = test_transfer(1);
    transfer.notice = "nowhere-else-in-the-world";
    return insert_transfer(tx, transfer);
  });
  db.write([](Transaction& tx) { return delete_transfer(tx, test_id<SealId>(1)); });
  CHECK(lies("couvert.db-wal"));
  // Who reads keeps the log as it is, and nobody waits for that.
  CHECK(db.database->read([&](Transaction& tx) -> Result<> {
    CHECK(find_transfer(tx, test_id<SealId>(1)));
    CHECK(db.database->forget_deleted() == false);
    return {};
  }));
  CHECK(pragma(db, "busy_timeout") == "5000");
  CHECK(db.database->forget_deleted() == true);
  CHECK_FALSE(lies("couvert.db-wal"));
  CHECK_FALSE(lies("couvert.db"));
  db.write([](Transaction& tx) { return insert_transfer(tx, test_transfer(2)); });
  CHECK(db.get([](auto& tx) { return find_transfer(tx, test_id<SealId>(2)); }));
}

TEST_CASE("a full database says so, loses nothing and goes on when there is space") {
  const TestDatabase db;
  db.write([](Transaction& tx) -> Result<> {
    tx.session() << "PRAGMA max_page_count = 60";
    return {};
  });
  Transfer large = test_transfer(2);
  large.notice = std::string(1'000'000, 'a');
  const auto store = [&](const Transfer& transfer) {
    return db.database->write([&](Transaction& tx) { return insert_transfer(tx, transfer); });
  };
  REQUIRE(store(test_transfer(1)));
  CHECK(store(large).error().code == ErrorCode::full);
  CHECK(db.get([](auto& tx) { return find_transfer(tx, test_id<SealId>(1)); }));
  CHECK_FALSE(db.get([](auto& tx) { return find_transfer(tx, test_id<SealId>(2)); }));
  db.write([](Transaction& tx) -> Result<> {
    tx.session() << "PRAGMA max_page_count = 100000";
    return {};
  });
  CHECK(store(large));
}

TEST_CASE("what write() acknowledged is there after the process was killed") {
  const TestFolder folder;
  const std::string url = "sqlite:" + folder.file("couvert.db");
  const pid_t child = fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    auto database = Database::open(url);
    const bool is_written = database && (*database)->write([](Transaction& tx) {
      return insert_transfer(tx, test_transfer(1));
    });
    if (!is_written) _exit(1);
    // Dies within a second transaction, without closing anything.
    (void)(*database)->write([](Transaction& tx) -> Result<> {
      const Result<> inserted = insert_transfer(tx, test_transfer(2));
      _exit(inserted ? 0 : 1);
    });
  }
  int status = -1;
  REQUIRE(waitpid(child, &status, 0) == child);
  REQUIRE(status == 0);
  auto database = Database::open(url);
  REQUIRE(database.has_value());
  REQUIRE((*database)->read([](Transaction& tx) -> Result<> {
    CHECK(find_transfer(tx, test_id<SealId>(1))->has_value());
    CHECK_FALSE(find_transfer(tx, test_id<SealId>(2))->has_value());
    return {};
  }));
}
