// The tables `program` and `program_wish`: programs that people have let in, and those that wait.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/id.h"
#include "domain/address.h"
#include "domain/program.h"
#include "store/database.h"

namespace couvert {

using ProgramId = Id<struct ProgramTag>;

/// A program with a session, whose token's hash it has.
struct Program {
  ProgramId program_id;
  Buffer token_hash;
  Address address;
  std::string name;
  Scopes scopes;
  Instant created;
  Instant end;
};

enum class WishState { waiting, allowed, declined };

std::string_view name_of(WishState state);

/// A program that asks to be let in; it holds the device code, a person types the user code.
struct ProgramWish {
  Buffer device_code_hash;
  Buffer user_code_mac;  // MAC(master key, "couvert/1 user code", code)
  std::string name;
  Scopes scopes;
  WishState state = WishState::waiting;
  std::optional<Address> address;  // of who has let it in
  Instant created;
  Instant end;
  std::optional<Instant> polled;  // when the program asked last
  std::int64_t pause = 0;         // seconds that it has to leave between two questions
};

Result<> insert_program(Transaction& tx, const Program& program);
/// That of a session; none for one that has proven a mailbox by itself.
Result<std::optional<Program>> find_program(Transaction& tx, Bytes token_hash);
/// All of an address, the oldest first.
Result<std::vector<Program>> programs_of(Transaction& tx, const Address& address);
Result<> delete_program(Transaction& tx, Bytes token_hash);

/// Errors: `conflict` for a code that is taken.
Result<> insert_program_wish(Transaction& tx, const ProgramWish& wish);
Result<std::optional<ProgramWish>> find_program_wish(Transaction& tx, Bytes device_code_hash);
Result<std::optional<ProgramWish>> find_wish_by_code(Transaction& tx, Bytes user_code_mac);
/// Stores state, address, polled and pause.
Result<> update_program_wish(Transaction& tx, const ProgramWish& wish);
Result<> delete_program_wish(Transaction& tx, const ProgramWish& wish);

/// Deletes what is past `now`. Order: before sweep_sessions(), whose sessions these hold.
Result<> sweep_programs(Transaction& tx, Instant now);

}  // namespace couvert
