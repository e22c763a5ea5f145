// The database: connections, transactions, migrations. SQLite by default; every statement also
// suits PostgreSQL.
//
// What a table holds stands in the header of that table (transfer_table.h, ...): functions over a
// Transaction. A write is durable when write() returns (WAL, synchronous=FULL).
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>

#include "base/result.h"

namespace couvert {

/// One transaction under way. Only Database makes one; the table functions use it.
class Transaction;

/// Threads: any.
class Database {
 public:
  /// Opens `url` ("sqlite:/path/couvert.db"), takes the lock that keeps a second server out, and
  /// brings the tables up to date.
  ///
  /// Errors: `conflict` where another process serves this database; `damaged` where its tables are
  /// of a later version; `invalid` for another kind of URL; `unavailable`; `full`.
  static Result<std::unique_ptr<Database>> open(const std::string& url);

  /// Opens it for one of the operator's subcommands, beside a server that may be running: without
  /// that lock, and bringing the tables up to date only where no server runs.
  /// Errors: those of open(); `conflict` where a server of another version is running.
  static Result<std::unique_ptr<Database>> open_beside(const std::string& url);

  ~Database();
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  /// Runs `work` in one transaction that may write, alone; commits where it succeeds, durable on
  /// return, and undoes all where it fails.
  /// Errors: those of `work`; `unavailable` where the database does not answer; `full`; `conflict`
  /// where the whole breaks a constraint, as a row that belongs to no transfer does.
  Result<> write(const std::function<Result<>(Transaction&)>& work);

  /// Runs `work` in one transaction that only reads, beside others, all on one state of the
  /// database. Errors: those of `work`; `unavailable`.
  Result<> read(const std::function<Result<>(Transaction&)>& work);

  /// The same for work that comes to a value, a Result<T>.
  template <class Work>
  auto write_value(const Work& work) {
    std::optional<std::invoke_result_t<Work, Transaction&>> value;
    return value_of(write([&](Transaction& tx) { return keep_value(value, work(tx)); }), value);
  }
  template <class Work>
  auto read_value(const Work& work) {
    std::optional<std::invoke_result_t<Work, Transaction&>> value;
    return value_of(read([&](Transaction& tx) { return keep_value(value, work(tx)); }), value);
  }

  /// How many transactions this process has committed that may have written: where it is the same
  /// as before, nothing has changed here since. Threads: any; no wait.
  std::uint64_t commits() const;

  /// Takes what was deleted out of the write-ahead log, too: it keeps older states of the
  /// database's pages until it is written over. Returns false where somebody reads right now: then
  /// later. Errors: `unavailable`; `full`.
  Result<bool> forget_deleted();

 private:
  template <class T>
  static Result<> keep_value(std::optional<Result<T>>& value, Result<T> result) {
    value.emplace(std::move(result));
    if (!*value) return pass(*value);
    return Result<>();
  }
  template <class T>
  static Result<T> value_of(const Result<>& done, std::optional<Result<T>>& value) {
    if (!done) return pass(done);
    return std::move(*value);
  }

  struct State;
  explicit Database(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace couvert
