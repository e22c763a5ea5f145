#include "store/pairing.h"

#include <optional>

#include "store/file_table.h"
#include "store/sql.h"

namespace couvert {

namespace {

struct StoreRow {
  StoreId store_id;
};

}  // namespace

template <>
struct Table<StoreRow> {
  static constexpr std::string_view name = "store";

  static void columns(auto&& row, auto visit) { visit("store_id", row.store_id); }
};

namespace {

Result<std::optional<StoreId>> id_of(Database& database) {
  std::optional<StoreId> id;
  const Result<> read = database.read([&](Transaction& tx) -> Result<> {
    const Result<std::optional<StoreRow>> row = select_one<StoreRow>(tx, "", {});
    if (!row) return pass(row);
    if (row->has_value()) id = (*row)->store_id;
    return {};
  });
  if (!read) return pass(read);
  return id;
}

Result<StoreId> make_id(Database& database, Random& random) {
  const StoreRow made{StoreId::make(random)};
  const Result<> written = database.write([&](Transaction& tx) { return insert(tx, made); });
  if (!written) return pass(written);
  return made.store_id;
}

// Whether objects without an owner can be this database's: there are none yet, or it names some.
Result<bool> may_claim(Database& database, Objects& objects) {
  bool is_empty = true;
  bool is_named = false;
  const Result<> listed = objects.list([&](const ObjectEntry& entry) -> Result<> {
    is_empty = false;
    if (is_named) return {};
    return database.read([&](Transaction& tx) -> Result<> {
      const Result<bool> known = is_object_known(tx, entry.id);
      if (!known) return pass(known);
      is_named = *known;
      return {};
    });
  });
  if (!listed) return pass(listed);
  return is_empty || is_named;
}

}  // namespace

Result<> pair_stores(Database& database, Objects& objects, Random& random) {
  const Result<std::optional<StoreId>> owner = objects.owner();
  if (!owner) return pass(owner);
  const Result<std::optional<StoreId>> known = id_of(database);
  if (!known) return pass(known);
  if (owner->has_value()) {
    if (*owner == *known) return {};
    return fail(ErrorCode::conflict, "the folder of the objects belongs to another database");
  }
  const Result<bool> claimable = may_claim(database, objects);
  if (!claimable) return pass(claimable);
  if (!*claimable) {
    return fail(ErrorCode::conflict, "there are objects, but this database knows none of them");
  }
  Result<StoreId> id = known->has_value() ? Result<StoreId>(**known) : make_id(database, random);
  if (!id) return pass(id);
  return objects.claim(*id);
}

Result<bool> belong_together(Database& database, Objects& objects) {
  const Result<std::optional<StoreId>> owner = objects.owner();
  if (!owner) return pass(owner);
  const Result<std::optional<StoreId>> known = id_of(database);
  if (!known) return pass(known);
  return *owner == *known;
}

}  // namespace couvert
