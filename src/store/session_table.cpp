#include "store/session_table.h"

#include "store/sql.h"

namespace couvert {

template <>
struct Table<Session> {
  static constexpr std::string_view name = "session";

  static void columns(auto&& row, auto visit) {
    visit("token_hash", row.token_hash);
    visit("created", row.created);
    visit("used", row.used);
  }
};

template <>
struct Table<Verification> {
  static constexpr std::string_view name = "verification";

  static void columns(auto&& row, auto visit) {
    visit("verification_id", row.verification_id);
    visit("token_hash", row.token_hash);
    visit("address", row.address);
    visit("created", row.created);
    visit("used", row.used);
    visit("end", row.end);
  }
};

template <>
struct Table<Code> {
  static constexpr std::string_view name = "code";

  static void columns(auto&& row, auto visit) {
    visit("token_hash", row.token_hash);
    visit("address", row.address);
    visit("mac", row.mac);
    visit("end", row.end);
    visit("tries", row.tries);
  }
};

Result<> insert_session(Transaction& tx, const Session& session) {
  return insert(tx, session);
}

Result<std::optional<Session>> find_session(Transaction& tx, Bytes token_hash) {
  return select_one<Session>(tx, "WHERE token_hash = :token_hash",
                             {{"token_hash", encode(token_hash)}});
}

Result<> touch_session(Transaction& tx, Bytes token_hash, Instant now) {
  return run(tx, "UPDATE session SET used = :now WHERE token_hash = :token_hash",
             {{"now", encode(now)}, {"token_hash", encode(token_hash)}});
}

Result<std::vector<Verification>> verifications_of(Transaction& tx, Bytes token_hash) {
  return select<Verification>(tx, "WHERE token_hash = :token_hash ORDER BY created, address",
                              {{"token_hash", encode(token_hash)}});
}

Result<> put_verification(Transaction& tx, const Verification& verification) {
  return run(tx,
             insert_statement<Verification>() +
                 " ON CONFLICT (token_hash, address) DO UPDATE SET "
                 "verification_id = excluded.verification_id, created = excluded.created, "
                 "used = excluded.used, \"end\" = excluded.\"end\"",
             fields_of(verification));
}

Result<> touch_verification(Transaction& tx, const VerificationId& id, Instant now) {
  return run(tx, "UPDATE verification SET used = :now WHERE verification_id = :verification_id",
             {{"now", encode(now)}, {"verification_id", encode(id)}});
}

Result<bool> delete_verification(Transaction& tx, Bytes token_hash, const VerificationId& id) {
  const auto deleted =
      execute(tx,
              "DELETE FROM verification "
              "WHERE verification_id = :verification_id AND token_hash = :token_hash",
              {{"verification_id", encode(id)}, {"token_hash", encode(token_hash)}});
  if (!deleted) return pass(deleted);
  return *deleted == 1;
}

Result<> put_code(Transaction& tx, const Code& code) {
  return run(tx,
             insert_statement<Code>() +
                 " ON CONFLICT (token_hash, address) DO UPDATE SET "
                 "mac = excluded.mac, \"end\" = excluded.\"end\", tries = excluded.tries",
             fields_of(code));
}

Result<std::optional<Code>> find_code(Transaction& tx, Bytes token_hash, const Address& address) {
  return select_one<Code>(tx, "WHERE token_hash = :token_hash AND address = :address",
                          {{"token_hash", encode(token_hash)}, {"address", encode(address)}});
}

Result<bool> count_code_try(Transaction& tx, const Code& code, int tries_max) {
  const auto counted = execute(tx,
                               "UPDATE code SET tries = tries + 1 WHERE token_hash = :token_hash "
                               "AND address = :address AND mac = :mac AND tries < :tries_max",
                               {{"token_hash", encode(code.token_hash)},
                                {"address", encode(code.address)},
                                {"mac", encode(code.mac)},
                                {"tries_max", encode(tries_max)}});
  if (!counted) return pass(counted);
  return *counted == 1;
}

Result<> delete_code(Transaction& tx, const Code& code) {
  return run(tx, "DELETE FROM code WHERE token_hash = :token_hash AND address = :address",
             {{"token_hash", encode(code.token_hash)}, {"address", encode(code.address)}});
}

Result<> sweep_sessions(Transaction& tx, Instant now, Instant unused_since) {
  const Fields past = {{"now", encode(now)}};
  const Result<> codes = run(tx, "DELETE FROM code WHERE \"end\" <= :now", past);
  if (!codes) return codes;
  const Result<> verifications = run(tx, "DELETE FROM verification WHERE \"end\" <= :now", past);
  if (!verifications) return verifications;
  return run(tx,
             "DELETE FROM session WHERE used < :unused_since AND NOT EXISTS "
             "(SELECT 1 FROM verification WHERE verification.token_hash = session.token_hash) "
             "AND NOT EXISTS (SELECT 1 FROM code WHERE code.token_hash = session.token_hash)",
             {{"unused_since", encode(unused_since)}});
}

}  // namespace couvert
