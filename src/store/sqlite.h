// What SQLite does its own way: its file, its settings, its error codes. Nothing else in the
// project may depend on them; another database needs another page like this one.
#pragma once

#include <exception>
#include <memory>
#include <string>

#include "base/result.h"

namespace soci {
class session;
}

namespace couvert {

enum class SessionUse { write, read };

/// The file that "sqlite:PATH" names.
/// Errors: `invalid` for any other kind of URL.
Result<std::string> sqlite_path(const std::string& url);

/// Makes an empty database file of mode 0600 where there is none. Order: before any session of
/// this process on it, since closing a second handle would drop SQLite's own locks.
Result<> make_sqlite_file(const std::string& path);

/// A connection with the settings that durability needs: WAL, synchronous=FULL.
Result<std::unique_ptr<soci::session>> open_sqlite(const std::string& path, SessionUse use);

/// Begins a transaction: for writing at once, so that it cannot fail halfway for another writer.
const char* begin_statement(SessionUse use);

/// Whether the connection is within a transaction.
bool is_in_transaction(soci::session& session);

/// Moves the write-ahead log into the database and empties its file, where nobody reads: returns
/// whether that was so, without waiting for it. Errors: as translate().
Result<bool> empty_log(soci::session& session);

/// What an exception of SOCI means for a caller: `full` for a full disk, `conflict` for a broken
/// constraint, `unavailable` for the rest. The text names no values.
Error translate(const std::exception& exception);

}  // namespace couvert
