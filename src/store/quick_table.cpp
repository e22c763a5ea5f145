#include "store/quick_table.h"

#include "store/quick_pair_table.h"
#include "store/sql.h"

namespace couvert {

template <>
struct Table<QuickPersonRow> {
  static constexpr std::string_view name = "quick_person";

  static void columns(auto&& row, auto visit) {
    visit("address", row.address);
    visit("public_key", row.public_key);
    visit("member_hash", row.member_hash);
    visit("since", row.since);
    visit("recovery", row.recovery);
    visit("language", row.language);
  }
};

template <>
struct Table<QuickBookRow> {
  static constexpr std::string_view name = "quick_book";

  static void columns(auto&& row, auto visit) {
    visit("address", row.address);
    visit("version", row.version);
    visit("sealed", row.sealed);
  }
};

template <>
struct Table<QuickClientRow> {
  static constexpr std::string_view name = "quick_client";

  static void columns(auto&& row, auto visit) {
    visit("device_id", row.device_id);
    visit("address", row.address);
    visit("token_hash", row.token_hash);
    visit("name", row.name);
    visit("sealed", row.sealed);
    visit("since", row.since);
    visit("used", row.used);
  }
};

template <>
struct Table<QuickCodeRow> {
  static constexpr std::string_view name = "quick_code";

  static void columns(auto&& row, auto visit) {
    visit("address", row.address);
    visit("sealed", row.sealed);
    visit("end", row.end);
  }
};

template <>
struct Table<QuickResetRow> {
  static constexpr std::string_view name = "quick_reset";

  static void columns(auto&& row, auto visit) {
    visit("address", row.address);
    visit("language", row.language);
    visit("since", row.since);
  }
};

namespace {

const std::string of_address = "WHERE address = :address";

Fields by(const Address& address) {
  return {{"address", encode(address)}};
}

}  // namespace

Result<> insert_quick_person(Transaction& tx, const QuickPersonRow& person) {
  return insert(tx, person);
}

Result<std::optional<QuickPersonRow>> find_quick_person(Transaction& tx, const Address& address) {
  return select_one<QuickPersonRow>(tx, of_address, by(address));
}

Result<> put_quick_recovery(Transaction& tx, const Address& address, Bytes sealed) {
  return run(tx, "UPDATE quick_person SET recovery = :recovery " + of_address,
             {{"recovery", encode(sealed)}, {"address", encode(address)}});
}

Result<> delete_quick_person(Transaction& tx, const Address& address) {
  for (const char* table : {"quick_client", "quick_book", "quick_code", "quick_person"}) {
    const Result<> deleted =
        run(tx, "DELETE FROM " + std::string(table) + " " + of_address, by(address));
    if (!deleted) return deleted;
  }
  return {};
}

Result<> end_quick_person(Transaction& tx, const Address& address) {
  const Result<> withdrawn = withdraw_quick_answers(tx, address);
  if (!withdrawn) return withdrawn;
  return delete_quick_person(tx, address);
}

Result<std::vector<QuickPersonRow>> quick_contacts_of(Transaction& tx, const Address& address) {
  return select<QuickPersonRow>(tx,
                                "WHERE address IN (SELECT other FROM quick_pair WHERE one = "
                                ":address UNION SELECT one FROM quick_pair WHERE other = :address)",
                                by(address));
}

Result<> insert_quick_book(Transaction& tx, const QuickBookRow& book) {
  return insert(tx, book);
}

Result<std::optional<QuickBookRow>> find_quick_book(Transaction& tx, const Address& address) {
  return select_one<QuickBookRow>(tx, of_address, by(address));
}

Result<bool> replace_quick_book(Transaction& tx, const QuickBookRow& book) {
  const auto replaced = execute(tx,
                                "UPDATE quick_book SET version = :version, sealed = :sealed " +
                                    of_address + " AND version = :before",
                                {{"version", encode(book.version)},
                                 {"sealed", encode(book.sealed)},
                                 {"address", encode(book.address)},
                                 {"before", encode(book.version - 1)}});
  if (!replaced) return pass(replaced);
  return *replaced == 1;
}

Result<> insert_quick_client(Transaction& tx, const QuickClientRow& client) {
  return insert(tx, client);
}

Result<std::optional<QuickClientRow>> find_quick_client(Transaction& tx, const DeviceId& id) {
  return select_one<QuickClientRow>(tx, "WHERE device_id = :device_id",
                                    {{"device_id", encode(id)}});
}

Result<std::vector<QuickClientRow>> quick_clients_of(Transaction& tx, const Address& address) {
  return select<QuickClientRow>(tx, of_address + " ORDER BY since, device_id", by(address));
}

Result<> touch_quick_client(Transaction& tx, const DeviceId& id, Instant now) {
  return run(tx, "UPDATE quick_client SET used = :now WHERE device_id = :device_id",
             {{"now", encode(now)}, {"device_id", encode(id)}});
}

Result<bool> delete_quick_client(Transaction& tx, const Address& address, const DeviceId& id) {
  const auto deleted =
      execute(tx, "DELETE FROM quick_client " + of_address + " AND device_id = :device_id",
              {{"address", encode(address)}, {"device_id", encode(id)}});
  if (!deleted) return pass(deleted);
  return *deleted == 1;
}

Result<> put_quick_code(Transaction& tx, const QuickCodeRow& code) {
  return run(tx,
             insert_statement<QuickCodeRow>() +
                 " ON CONFLICT (address) DO UPDATE SET "
                 "sealed = excluded.sealed, \"end\" = excluded.\"end\"",
             fields_of(code));
}

Result<std::optional<QuickCodeRow>> find_quick_code(Transaction& tx, const Address& address) {
  return select_one<QuickCodeRow>(tx, of_address, by(address));
}

Result<> delete_quick_code(Transaction& tx, const Address& address) {
  return run(tx, "DELETE FROM quick_code " + of_address, by(address));
}

Result<> sweep_quick_codes(Transaction& tx, Instant now) {
  return run(tx, "DELETE FROM quick_code WHERE \"end\" <= :now", {{"now", encode(now)}});
}

Result<> put_quick_reset(Transaction& tx, const QuickResetRow& reset) {
  const Result<bool> deleted = delete_quick_reset(tx, reset.address);
  if (!deleted) return pass(deleted);
  return insert(tx, reset);
}

Result<std::vector<QuickResetRow>> quick_resets(Transaction& tx, std::size_t max) {
  return select<QuickResetRow>(tx, "ORDER BY since, address LIMIT " + std::to_string(max), {});
}

Result<bool> delete_quick_reset(Transaction& tx, const Address& address) {
  const auto deleted = execute(tx, "DELETE FROM quick_reset " + of_address, by(address));
  if (!deleted) return pass(deleted);
  return *deleted > 0;
}

}  // namespace couvert
