#include "store/migrations.h"

#include <soci/soci.h>

#include <fstream>
#include <set>
#include <sstream>
#include <tuple>

#include "store/sqlite.h"
#include "store/test_database.h"

using namespace couvert;

static std::unique_ptr<soci::session> open_empty(const TestFolder& folder) {
  auto session = open_sqlite(folder.file("empty.db"), SessionUse::write);
  REQUIRE(session.has_value());
  return std::move(*session);
}

static std::string text_of(const std::filesystem::path& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

TEST_CASE("the program carries every migration, numbered without a gap") {
  const std::filesystem::path folder = std::string(COUVERT_SOURCE_DIR) + "/src/store/migrations";
  std::set<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) files.insert(entry.path());
  REQUIRE(files.size() == all_migrations().size());
  std::int64_t version = 1;
  for (const auto& file : files) {
    const Migration& migration = all_migrations()[static_cast<std::size_t>(version - 1)];
    CHECK(migration.version == version);
    CHECK(std::stoll(file.filename().string()) == version++);
    CHECK(migration.sql == text_of(file));
  }
}

TEST_CASE("a migration is taken apart at semicolons that end a line") {
  const auto statements =
      statements_of("-- a; b\n\nCREATE x (\n  -- c\n  y\n);\n  INSERT z;\n-- end");
  REQUIRE(statements.size() == 2);
  CHECK(statements[0] == "CREATE x (\n  -- c\n  y\n)");
  CHECK(statements[1] == "INSERT z");
  CHECK(statements_of("").empty());
}

TEST_CASE("migrations are applied once, in their order") {
  const TestFolder folder;
  const auto session = open_empty(folder);
  const std::vector<Migration> first = {{1, "CREATE TABLE a (b TEXT);\n"}};
  std::vector<Migration> second = first;
  second.push_back({2, "INSERT INTO a (b) VALUES ('x');\nINSERT INTO a (b) VALUES ('y');\n"});
  CHECK(schema_version(*session) == 0);
  REQUIRE(migrate(*session, first));
  CHECK(schema_version(*session) == 1);
  REQUIRE(migrate(*session, second));
  REQUIRE(migrate(*session, second));
  CHECK(schema_version(*session) == 2);
  int rows = 0;
  *session << "SELECT COUNT(*) FROM a", soci::into(rows);
  CHECK(rows == 2);
  CHECK(migrate(*session, first).error().code == ErrorCode::damaged);
}

TEST_CASE("a migration that fails leaves the tables as they were") {
  const TestFolder folder;
  const auto session = open_empty(folder);
  const std::vector<Migration> broken = {{1, "CREATE TABLE a (b TEXT);\nCREATE nonsense;\n"}};
  CHECK(migrate(*session, broken).error().code == ErrorCode::unavailable);
  CHECK(schema_version(*session) == 0);
  const std::vector<Migration> mended = {{1, "CREATE TABLE a (b TEXT);\n"}};
  CHECK(migrate(*session, mended));
}

TEST_CASE("files of a transfer that an earlier version started get their sizes back") {
  const TestFolder folder;
  const auto session = open_empty(folder);
  REQUIRE(migrate(*session, all_migrations().first(3)));
  for (const std::string name : {"sealed", "draft"}) {
    *session << "INSERT INTO transfer VALUES ('" + name + "', 'd-" + name + "', 't-" + name +
                    "', 'anna@example.org', '" + name +
                    "', 1, 2, 3, 'de', 'password', 0, 0, 0, '{}', NULL, '', 2, NULL)";
    for (const auto& [no, part, bytes] :
         {std::tuple(0, 0, 8), std::tuple(0, 1, 3), std::tuple(1, 0, 5)}) {
      const std::string place = std::to_string(no) + ", " + std::to_string(part);
      *session << "INSERT INTO part VALUES ('" + name + "', " + place + ", '" + name + place +
                      "', " + std::to_string(bytes) + ", 'x')";
    }
  }
  REQUIRE(migrate(*session, all_migrations()));
  int files = 0;
  int bytes = 0;
  *session << "SELECT COUNT(*), SUM(bytes) FROM file WHERE seal_id = 'sealed' AND record = ''",
      soci::into(files), soci::into(bytes);
  CHECK(files == 2);
  CHECK(bytes == 16);
  *session << "SELECT COUNT(*) FROM file WHERE seal_id = 'draft'", soci::into(files);
  CHECK(files == 0);
}

TEST_CASE("a database of a later version is refused, and so is a server of another version") {
  TestDatabase db;
  db.write([](Transaction&) -> Result<> { return {}; });
  const auto set_version = [&](int version) {
    auto session = open_sqlite(db.folder.file("couvert.db"), SessionUse::write);
    **session << "UPDATE schema_version SET version = " + std::to_string(version);
  };
  set_version(99);
  CHECK(Database::open_beside(db.url).error().code == ErrorCode::conflict);
  db.database.reset();
  CHECK(Database::open(db.url).error().code == ErrorCode::damaged);
  CHECK(Database::open_beside(db.url).error().code == ErrorCode::damaged);
  set_version(static_cast<int>(all_migrations().size()));
  CHECK(Database::open(db.url));
}
