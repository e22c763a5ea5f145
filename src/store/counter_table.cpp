#include "store/counter_table.h"

#include "store/sql.h"

namespace couvert {

namespace {

constexpr std::size_t key_bytes_max = 200;

Result<> check_key(std::string_view key) {
  if (!key.empty() && key.size() <= key_bytes_max) return {};
  return fail(ErrorCode::invalid, "a counter's key has 1 to 200 bytes");
}

}  // namespace

template <>
struct Table<Attempts> {
  static constexpr std::string_view name = "attempt";

  static void columns(auto&& row, auto visit) {
    visit("failures", row.failures);
    visit("last", row.last);
  }
};

Result<std::int64_t> add_to_counter(Transaction& tx, std::string_view key, Instant window,
                                    std::int64_t amount) {
  const Result<> checked = check_key(key);
  if (!checked) return pass(checked);
  const auto sum = select_integer(
      tx,
      "INSERT INTO counter (key, \"window\", amount) VALUES (:key, :window, :amount) "
      "ON CONFLICT (key, \"window\") DO UPDATE SET amount = counter.amount + excluded.amount "
      "RETURNING amount",
      {{"key", std::string(key)}, {"window", encode(window)}, {"amount", amount}});
  if (!sum) return pass(sum);
  INVARIANT(sum->has_value());
  return **sum;
}

Result<std::int64_t> read_counter(Transaction& tx, std::string_view key, Instant window) {
  const auto sum =
      select_integer(tx, "SELECT amount FROM counter WHERE key = :key AND \"window\" = :window",
                     {{"key", std::string(key)}, {"window", encode(window)}});
  if (!sum) return pass(sum);
  return sum->value_or(0);
}

Result<std::int64_t> sum_of_counter(Transaction& tx, std::string_view key, Instant since) {
  const auto sum = select_integer(
      tx, "SELECT SUM(amount) FROM counter WHERE key = :key AND \"window\" >= :since",
      {{"key", std::string(key)}, {"since", encode(since)}});
  if (!sum) return pass(sum);
  return sum->value_or(0);
}

Result<Attempts> attempts_of(Transaction& tx, std::string_view key) {
  const auto found = select_one<Attempts>(tx, "WHERE key = :key", {{"key", std::string(key)}});
  if (!found) return pass(found);
  return found->value_or(Attempts());
}

Result<> add_attempt(Transaction& tx, std::string_view key, Instant now) {
  const Result<> checked = check_key(key);
  if (!checked) return checked;
  return run(
      tx,
      "INSERT INTO attempt (key, failures, last) VALUES (:key, 1, :now) "
      "ON CONFLICT (key) DO UPDATE SET failures = attempt.failures + 1, last = excluded.last",
      {{"key", std::string(key)}, {"now", encode(now)}});
}

Result<> clear_attempts(Transaction& tx, std::string_view key) {
  return run(tx, "DELETE FROM attempt WHERE key = :key", {{"key", std::string(key)}});
}

Result<> sweep_counters(Transaction& tx, Instant counters_before) {
  const Fields before = {{"before", encode(counters_before)}};
  const Result<> counters = run(tx, "DELETE FROM counter WHERE \"window\" < :before", before);
  if (!counters) return counters;
  return run(tx, "DELETE FROM attempt WHERE last < :before", before);
}

}  // namespace couvert
