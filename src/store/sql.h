// How the table functions speak SQL: named values in, rows out as structs. For store/ only.
//
// Which column holds which field of a struct stands once, in a specialisation of Table; inserting,
// selecting and reading follow from it. Every statement suits SQLite and PostgreSQL alike; names
// that are words of SQL ("end", "offset", "window") are quoted.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "store/column.h"
#include "store/database.h"

namespace soci {
class session;
}

namespace couvert {

class Transaction {
 public:
  explicit Transaction(soci::session& session) : session_(session) {}
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;

  soci::session& session() const { return session_; }

 private:
  soci::session& session_;
};

/// A value for the parameter `:name` of a statement.
struct Field {
  std::string_view name;
  Value value;
};
using Fields = std::vector<Field>;

/// A row as the database gave it; nullopt for NULL.
using StoredRow = std::vector<std::optional<std::string>>;

/// A statement that gives rows of `columns` columns.
struct Query {
  std::string sql;
  Fields fields;
  std::size_t columns = 1;
};

/// Runs a statement that gives no rows; returns how many it changed.
/// Errors: `conflict`, `full`, `unavailable`, as translate() in sqlite.h says.
Result<std::int64_t> execute(Transaction& tx, const std::string& sql, const Fields& fields);

/// The same, for callers to whom the number is all one.
Result<> run(Transaction& tx, const std::string& sql, const Fields& fields);

/// Calls `visit` for each row, one by one; stops where it fails. Errors: also those of `visit`.
Result<> for_each_row(Transaction& tx, const Query& query,
                      const std::function<Result<>(const StoredRow&)>& visit);

/// The whole number in the first column of the first row; nullopt for NULL and for no row.
Result<std::optional<std::int64_t>> select_integer(Transaction& tx, const std::string& sql,
                                                   const Fields& fields);

/// The name of a struct's table, and columns(row, visit), which calls visit(name, field) for each
/// column, the key (or its beginning) first.
template <class Row>
struct Table;

/// The columns of `Row`, quoted, parted by commas.
template <class Row>
std::string column_list() {
  std::string list;
  Table<Row>::columns(Row(), [&](std::string_view name, const auto&) {
    list.append(list.empty() ? "\"" : ", \"").append(name).append("\"");
  });
  return list;
}

template <class Row>
Fields fields_of(const Row& row) {
  Fields fields;
  Table<Row>::columns(row, [&](std::string_view name, const auto& field) {
    fields.push_back({name, encode(field)});
  });
  return fields;
}

/// Reads a row back. Errors: `damaged` where a column does not hold what was written.
template <class Row>
Result<Row> read_row(const StoredRow& stored) {
  Row row;
  std::size_t at = 0;
  std::string wrong;
  Table<Row>::columns(row, [&](std::string_view name, auto& field) {
    if (at >= stored.size() || !decode(stored[at++], field)) wrong = name;
  });
  if (wrong.empty()) return row;
  return fail(ErrorCode::damaged,
              "table " + std::string(Table<Row>::name) + ": column " + wrong + " is damaged");
}

/// "INSERT INTO name (columns) VALUES (:columns)"
template <class Row>
std::string insert_statement() {
  std::string values;
  Table<Row>::columns(Row(), [&](std::string_view name, const auto&) {
    values.append(values.empty() ? ":" : ", :").append(name);
  });
  return "INSERT INTO " + std::string(Table<Row>::name) + " (" + column_list<Row>() + ") VALUES (" +
         values + ")";
}

template <class Row>
Result<> insert(Transaction& tx, const Row& row) {
  return run(tx, insert_statement<Row>(), fields_of(row));
}

/// A query for whole rows; `rest` is what follows the table's name: "WHERE no = :no".
template <class Row>
Query rows_query(const std::string& rest, const Fields& fields) {
  Query query{
      "SELECT " + column_list<Row>() + " FROM " + std::string(Table<Row>::name) + " " + rest,
      fields, 0};
  Table<Row>::columns(Row(), [&](std::string_view, const auto&) { ++query.columns; });
  return query;
}

/// Calls `visit` with each row.
template <class Row>
Result<> for_each(Transaction& tx, const std::string& rest, const Fields& fields,
                  const std::function<Result<>(Row)>& visit) {
  return for_each_row(tx, rows_query<Row>(rest, fields), [&](const StoredRow& stored) -> Result<> {
    auto row = read_row<Row>(stored);
    if (!row) return pass(row);
    return visit(std::move(*row));
  });
}

template <class Row>
Result<std::vector<Row>> select(Transaction& tx, const std::string& rest, const Fields& fields) {
  std::vector<Row> rows;
  const auto done = for_each<Row>(tx, rest, fields, [&](Row row) -> Result<> {
    rows.push_back(std::move(row));
    return {};
  });
  if (!done) return pass(done);
  return rows;
}

/// The same without the rows that cannot be read, for rounds: a spoilt row holds up no other.
template <class Row>
Result<std::vector<Row>> select_readable(Transaction& tx, const std::string& rest,
                                         const Fields& fields) {
  std::vector<Row> rows;
  const auto done =
      for_each_row(tx, rows_query<Row>(rest, fields), [&](const StoredRow& stored) -> Result<> {
        auto row = read_row<Row>(stored);
        if (row) rows.push_back(std::move(*row));
        return {};
      });
  if (!done) return pass(done);
  return rows;
}

/// The first row, where there is one.
template <class Row>
Result<std::optional<Row>> select_one(Transaction& tx, const std::string& rest,
                                      const Fields& fields) {
  auto rows = select<Row>(tx, rest, fields);
  if (!rows) return pass(rows);
  if (rows->empty()) return std::optional<Row>();
  return std::optional<Row>(std::move(rows->front()));
}

}  // namespace couvert
