// The numbered SQL files in store/migrations/, carried in the program.
//
// A new one needs a line in migrations.S and one in migrations.cpp; one that was ever released is
// never changed.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace soci {
class session;
}

namespace couvert {

struct Migration {
  std::int64_t version;  // counts from 1, without gaps
  std::string_view sql;
};

std::span<const Migration> all_migrations();

/// The statements of a migration. A statement ends with a semicolon at the end of its line.
/// Lifetime: that of `sql`.
std::vector<std::string_view> statements_of(std::string_view sql);

/// The version that the tables have, 0 for an empty database.
Result<std::int64_t> schema_version(soci::session& session);

/// Brings the tables up to date, each migration in a transaction of its own.
/// Errors: `damaged` where they are of a later version than the program; `unavailable`; `full`.
Result<> migrate(soci::session& session, std::span<const Migration> migrations);

}  // namespace couvert
