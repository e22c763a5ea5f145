#include "store/migrations.h"

#include <soci/soci.h>

#include <array>

#include "store/soci_transaction.h"

extern "C" {
extern const char couvert_migration_0001[];
extern const char couvert_migration_0002[];
extern const char couvert_migration_0003[];
extern const char couvert_migration_0004[];
extern const char couvert_migration_0005[];
extern const char couvert_migration_0006[];
extern const char couvert_migration_0007[];
extern const char couvert_migration_0008[];
extern const char couvert_migration_0009[];
extern const char couvert_migration_0010[];
extern const char couvert_migration_0011[];
extern const char couvert_migration_0012[];
}

namespace couvert {

namespace {

constexpr std::string_view blanks = " \t\r\n";

std::string_view without_leading_comments(std::string_view sql) {
  for (;;) {
    sql.remove_prefix(std::min(sql.find_first_not_of(blanks), sql.size()));
    if (!sql.starts_with("--")) return sql;
    sql.remove_prefix(std::min(sql.find('\n'), sql.size()));
  }
}

Result<> apply(soci::session& session, const Migration& migration) {
  return run_transaction(session, SessionUse::write, [&](Transaction&) -> Result<> {
    for (const std::string_view statement : statements_of(migration.sql)) {
      session << std::string(statement);
    }
    session << "UPDATE schema_version SET version = :version", soci::use(migration.version);
    return {};
  });
}

Result<> make_version_table(soci::session& session) {
  return run_transaction(session, SessionUse::write, [&](Transaction&) -> Result<> {
    session << "CREATE TABLE IF NOT EXISTS schema_version (version BIGINT NOT NULL)";
    session << "INSERT INTO schema_version (version) "
               "SELECT 0 WHERE NOT EXISTS (SELECT 1 FROM schema_version)";
    return {};
  });
}

}  // namespace

std::span<const Migration> all_migrations() {
  static const std::array<Migration, 12> all = {{{1, couvert_migration_0001},
                                                 {2, couvert_migration_0002},
                                                 {3, couvert_migration_0003},
                                                 {4, couvert_migration_0004},
                                                 {5, couvert_migration_0005},
                                                 {6, couvert_migration_0006},
                                                 {7, couvert_migration_0007},
                                                 {8, couvert_migration_0008},
                                                 {9, couvert_migration_0009},
                                                 {10, couvert_migration_0010},
                                                 {11, couvert_migration_0011},
                                                 {12, couvert_migration_0012}}};
  return all;
}

std::vector<std::string_view> statements_of(std::string_view sql) {
  std::vector<std::string_view> statements;
  for (;;) {
    sql = without_leading_comments(sql);
    if (sql.empty()) return statements;
    const std::size_t end = std::min(sql.find(";\n"), sql.size());
    statements.push_back(sql.substr(0, end));
    sql.remove_prefix(std::min(end + 1, sql.size()));
  }
}

Result<std::int64_t> schema_version(soci::session& session) {
  const Result<> made = make_version_table(session);
  if (!made) return pass(made);
  std::int64_t version = 0;
  const Result<> read = run_transaction(session, SessionUse::read, [&](Transaction&) -> Result<> {
    session << "SELECT version FROM schema_version", soci::into(version);
    return {};
  });
  if (!read) return pass(read);
  return version;
}

Result<> migrate(soci::session& session, std::span<const Migration> migrations) {
  const auto version = schema_version(session);
  if (!version) return pass(version);
  if (*version > std::ssize(migrations)) {
    return fail(ErrorCode::damaged, "the database was made by a later version of the program");
  }
  for (const Migration& migration : migrations.subspan(static_cast<std::size_t>(*version))) {
    const Result<> applied = apply(session, migration);
    if (!applied) return applied;
  }
  return {};
}

}  // namespace couvert
