#include "store/program_table.h"

#include "store/sql.h"

namespace couvert {

static Value encode(const Scopes& scopes) {
  return write_scopes(scopes);
}

static bool decode(const Cell& cell, Scopes& scopes) {
  if (!cell) return false;
  const Result<Scopes> parsed = parse_scopes(*cell);
  if (parsed) scopes = *parsed;
  return parsed.has_value();
}

static bool decode(const Cell& cell, WishState& state) {
  constexpr std::array states = {WishState::waiting, WishState::allowed, WishState::declined};
  return cell && decode_name(cell, states, state);
}

template <>
struct Table<Program> {
  static constexpr std::string_view name = "program";

  static void columns(auto&& row, auto visit) {
    visit("program_id", row.program_id);
    visit("token_hash", row.token_hash);
    visit("address", row.address);
    visit("name", row.name);
    visit("scopes", row.scopes);
    visit("created", row.created);
    visit("end", row.end);
  }
};

template <>
struct Table<ProgramWish> {
  static constexpr std::string_view name = "program_wish";

  static void columns(auto&& row, auto visit) {
    visit("device_code_hash", row.device_code_hash);
    visit("user_code_mac", row.user_code_mac);
    visit("name", row.name);
    visit("scopes", row.scopes);
    visit("state", row.state);
    visit("address", row.address);
    visit("created", row.created);
    visit("end", row.end);
    visit("polled", row.polled);
    visit("pause", row.pause);
  }
};

std::string_view name_of(WishState state) {
  switch (state) {
    case WishState::waiting:
      return "waiting";
    case WishState::allowed:
      return "allowed";
    case WishState::declined:
      return "declined";
  }
  return "";
}

Result<> insert_program(Transaction& tx, const Program& program) {
  return insert(tx, program);
}

Result<std::optional<Program>> find_program(Transaction& tx, Bytes token_hash) {
  return select_one<Program>(tx, "WHERE token_hash = :token_hash",
                             {{"token_hash", encode(token_hash)}});
}

Result<std::vector<Program>> programs_of(Transaction& tx, const Address& address) {
  return select<Program>(tx, "WHERE address = :address ORDER BY created, program_id",
                         {{"address", encode(address)}});
}

Result<> delete_program(Transaction& tx, Bytes token_hash) {
  return run(tx, "DELETE FROM program WHERE token_hash = :token_hash",
             {{"token_hash", encode(token_hash)}});
}

Result<> insert_program_wish(Transaction& tx, const ProgramWish& wish) {
  return insert(tx, wish);
}

Result<std::optional<ProgramWish>> find_program_wish(Transaction& tx, Bytes device_code_hash) {
  return select_one<ProgramWish>(tx, "WHERE device_code_hash = :device_code_hash",
                                 {{"device_code_hash", encode(device_code_hash)}});
}

Result<std::optional<ProgramWish>> find_wish_by_code(Transaction& tx, Bytes user_code_mac) {
  return select_one<ProgramWish>(tx, "WHERE user_code_mac = :user_code_mac",
                                 {{"user_code_mac", encode(user_code_mac)}});
}

Result<> update_program_wish(Transaction& tx, const ProgramWish& wish) {
  return run(tx,
             "UPDATE program_wish SET state = :state, address = :address, polled = :polled, "
             "pause = :pause WHERE device_code_hash = :device_code_hash",
             {{"state", encode(wish.state)},
              {"address", encode(wish.address)},
              {"polled", encode(wish.polled)},
              {"pause", encode(wish.pause)},
              {"device_code_hash", encode(wish.device_code_hash)}});
}

Result<> delete_program_wish(Transaction& tx, const ProgramWish& wish) {
  return run(tx, "DELETE FROM program_wish WHERE device_code_hash = :device_code_hash",
             {{"device_code_hash", encode(wish.device_code_hash)}});
}

Result<> sweep_programs(Transaction& tx, Instant now) {
  const Fields past = {{"now", encode(now)}};
  const Result<> wishes = run(tx, "DELETE FROM program_wish WHERE \"end\" <= :now", past);
  if (!wishes) return wishes;
  return run(tx, "DELETE FROM program WHERE \"end\" <= :now", past);
}

}  // namespace couvert
