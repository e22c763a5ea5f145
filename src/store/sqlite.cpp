#include "store/sqlite.h"

#include <fcntl.h>
#include <soci/soci.h>
#include <soci/sqlite3/soci-sqlite3.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <optional>

namespace couvert {

namespace {

constexpr std::string_view scheme = "sqlite:";

// secure_delete overwrites what is deleted (empty_log() the log); temp_store keeps sorting out of
// temporary files.
constexpr const char* settings[] = {
    "PRAGMA busy_timeout=5000", "PRAGMA synchronous=FULL",
    "PRAGMA foreign_keys=ON",   "PRAGMA secure_delete=ON",
    "PRAGMA temp_store=MEMORY", "PRAGMA trusted_schema=OFF",
    "PRAGMA cache_size=-1024",  "PRAGMA journal_size_limit=67108864",
};

ErrorCode code_of(int result) {
  switch (result & 0xff) {
    case SQLITE_FULL:
      return ErrorCode::full;
    case SQLITE_CONSTRAINT:
      return ErrorCode::conflict;
    default:
      return ErrorCode::unavailable;
  }
}

}  // namespace

Result<std::string> sqlite_path(const std::string& url) {
  if (url.starts_with("postgresql:")) {
    return fail(ErrorCode::invalid, "PostgreSQL is not supported yet: use sqlite:PATH");
  }
  if (!url.starts_with(scheme)) return fail(ErrorCode::invalid, "a database is sqlite:PATH");
  std::string path = url.substr(scheme.size());
  // The connection string of SOCI quotes the path and knows no escapes.
  if (path.empty() || path.starts_with(":") || path.find_first_of("\"?\n") != std::string::npos) {
    return fail(ErrorCode::invalid, "the path of the database is empty or has a strange sign");
  }
  return path;
}

Result<> make_sqlite_file(const std::string& path) {
  const int file = ::open(path.c_str(), O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, 0600);
  if (file < 0 && errno == EEXIST) return {};
  if (file < 0) {
    return fail(ErrorCode::unavailable, std::string("making the database: ") + strerror(errno));
  }
  ::close(file);
  return {};
}

Result<std::unique_ptr<soci::session>> open_sqlite(const std::string& path, SessionUse use) {
  try {
    auto session = std::make_unique<soci::session>(soci::sqlite3, "dbname=\"" + path + "\"");
    for (const char* setting : settings) *session << setting;
    std::string mode;
    *session << "PRAGMA journal_mode=WAL", soci::into(mode);
    if (mode != "wal") return fail(ErrorCode::unavailable, "the database cannot use a WAL here");
    if (use == SessionUse::read) *session << "PRAGMA query_only=ON";
    return session;
  } catch (const soci::soci_error& error) {
    return tl::make_unexpected(translate(error));
  }
}

const char* begin_statement(SessionUse use) {
  return use == SessionUse::write ? "BEGIN IMMEDIATE" : "BEGIN";
}

Result<bool> empty_log(soci::session& session) {
  int busy = 1;
  std::optional<Error> trouble;
  try {
    int pages = 0;
    int moved = 0;
    session << "PRAGMA busy_timeout=0";
    session << "PRAGMA wal_checkpoint(TRUNCATE)", soci::into(busy), soci::into(pages),
        soci::into(moved);
  } catch (const soci::soci_error& error) {
    trouble = translate(error);
  }
  try {
    session << settings[0];
  } catch (const soci::soci_error& error) {
    trouble = translate(error);
  }
  if (trouble) return tl::make_unexpected(*trouble);
  return busy == 0;
}

bool is_in_transaction(soci::session& session) {
  const auto* backend = static_cast<soci::sqlite3_session_backend*>(session.get_backend());
  return sqlite_api::sqlite3_get_autocommit(backend->conn_) == 0;
}

Error translate(const std::exception& exception) {
  if (const auto* error = dynamic_cast<const soci::sqlite3_soci_error*>(&exception)) {
    return Error(code_of(error->result()), "database: " + error->get_error_message());
  }
  if (const auto* error = dynamic_cast<const soci::soci_error*>(&exception)) {
    return Error(ErrorCode::unavailable, "database: " + error->get_error_message());
  }
  return Error(ErrorCode::unavailable, "database: unknown exception");
}

}  // namespace couvert
