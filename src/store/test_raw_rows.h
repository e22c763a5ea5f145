// The rows of a database behind the server's back, as a bad disk or a hand with SQL changes them.
#pragma once

#include <doctest/doctest.h>
#include <soci/soci.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "store/sqlite.h"

namespace couvert {

/// One column of one row; rows count from 0 in the order in which they were inserted.
struct CellPlace {
  std::string table;
  std::string column;
  int row = 0;

  std::string text() const { return table + "." + column + ", row " + std::to_string(row); }
};

/// Lifetime: the file must outlive it. The server may have it open meanwhile.
class RawRows {
 public:
  explicit RawRows(const std::string& path)
      : session_(std::move(*open_sqlite(path, SessionUse::write))) {
    *session_ << "PRAGMA foreign_keys=OFF";
    for (const std::string& name : texts("SELECT name FROM sqlite_master WHERE type = 'table' "
                                         "AND name <> 'schema_version' ORDER BY name")) {
      tables_.push_back(name);
    }
  }

  const std::vector<std::string>& tables() const { return tables_; }

  std::vector<std::string> columns(const std::string& table) {
    return texts("SELECT name FROM pragma_table_info('" + table + "')");
  }

  /// Every column of every row.
  std::vector<CellPlace> cells() {
    std::vector<CellPlace> all;
    for (const std::string& table : tables_) {
      for (int row = 0; row < count(table); ++row) {
        for (const std::string& column : columns(table)) all.push_back({table, column, row});
      }
    }
    return all;
  }

  int count(const std::string& table) {
    int rows = 0;
    *session_ << "SELECT COUNT(*) FROM " << table, soci::into(rows);
    return rows;
  }

  std::optional<std::string> value(const CellPlace& place) {
    std::string value;
    soci::indicator indicator = soci::i_null;
    *session_ << "SELECT CAST(\"" << place.column << "\" AS TEXT) FROM " << place.table
              << row_of(place),
        soci::into(value, indicator);
    if (indicator == soci::i_null) return std::nullopt;
    return value;
  }

  /// Puts an SQL expression there. False where the table itself forbids it.
  bool set(const CellPlace& place, const std::string& expression) {
    return run("UPDATE " + place.table + " SET \"" + place.column + "\" = " + expression +
               row_of(place));
  }

  bool remove_row(const CellPlace& place) {
    return run("DELETE FROM " + place.table + row_of(place));
  }

  /// Remembers all rows under a name, and puts those of one table or of all back.
  void keep(const std::string& name) {
    for (const std::string& table : tables_) {
      *session_ << "CREATE TABLE " << name << "_" << table << " AS SELECT * FROM " << table
                << " ORDER BY rowid";
    }
  }
  void put_back(const std::string& name) {
    *session_ << "BEGIN IMMEDIATE";
    for (const std::string& table : tables_) put_back(name, table);
    *session_ << "COMMIT";
  }
  void put_back(const std::string& name, const std::string& table) {
    *session_ << "DELETE FROM " << table;
    *session_ << "INSERT INTO " << table << " SELECT * FROM " << name << "_" << table
              << " ORDER BY rowid";
  }

 private:
  static std::string row_of(const CellPlace& place) {
    return " WHERE rowid = (SELECT rowid FROM " + place.table + " ORDER BY rowid LIMIT 1 OFFSET " +
           std::to_string(place.row) + ")";
  }

  bool run(const std::string& sql) {
    try {
      *session_ << sql;
      return true;
    } catch (const soci::soci_error&) {
      return false;
    }
  }

  std::vector<std::string> texts(const std::string& sql) {
    std::vector<std::string> all;
    const soci::rowset<std::string> rows = (session_->prepare << sql);
    for (const std::string& text : rows) all.push_back(text);
    return all;
  }

  std::unique_ptr<soci::session> session_;
  std::vector<std::string> tables_;
};

}  // namespace couvert
