#include "store/sql.h"

#include <soci/soci.h>

#include <deque>
#include <utility>

#include "store/sqlite.h"

namespace couvert {

namespace {

// The values of a statement where SOCI can point at them until it has run.
class Parameters {
 public:
  Parameters(soci::statement& statement, const Fields& fields) {
    for (const Field& field : fields) bind(statement, field);
  }

 private:
  struct Slot {
    std::string text;
    long long number = 0;
    soci::indicator indicator = soci::i_ok;
  };

  void bind(soci::statement& statement, const Field& field) {
    Slot& slot = slots_.emplace_back();
    const std::string name(field.name);
    if (const auto* number = std::get_if<std::int64_t>(&field.value)) {
      slot.number = *number;
      statement.exchange(soci::use(slot.number, name));
      return;
    }
    if (const auto* text = std::get_if<std::string>(&field.value)) slot.text = *text;
    if (std::holds_alternative<std::monostate>(field.value)) slot.indicator = soci::i_null;
    statement.exchange(soci::use(slot.text, slot.indicator, name));
  }

  std::deque<Slot> slots_;  // addresses stay
};

// Every column comes as text: no type of a back end can cut a number short.
struct Columns {
  Columns(soci::statement& statement, std::size_t count) : texts(count), indicators(count) {
    for (std::size_t i = 0; i < count; ++i) {
      statement.exchange(soci::into(texts[i], indicators[i]));
    }
  }

  StoredRow row() const {
    StoredRow out(texts.size());
    for (std::size_t i = 0; i < texts.size(); ++i) {
      if (indicators[i] != soci::i_null) out[i] = texts[i];
    }
    return out;
  }

  std::vector<std::string> texts;
  std::vector<soci::indicator> indicators;
};

}  // namespace

Result<std::int64_t> execute(Transaction& tx, const std::string& sql, const Fields& fields) {
  try {
    soci::statement statement(tx.session());
    const Parameters parameters(statement, fields);
    statement.alloc();
    statement.prepare(sql);
    statement.define_and_bind();
    statement.execute(true);
    return statement.get_affected_rows();
  } catch (const soci::soci_error& error) {
    return tl::make_unexpected(translate(error));
  }
}

Result<> run(Transaction& tx, const std::string& sql, const Fields& fields) {
  const auto done = execute(tx, sql, fields);
  if (!done) return pass(done);
  return {};
}

Result<> for_each_row(Transaction& tx, const Query& query,
                      const std::function<Result<>(const StoredRow&)>& visit) {
  try {
    soci::statement statement(tx.session());
    const Parameters parameters(statement, query.fields);
    const Columns columns(statement, query.columns);
    statement.alloc();
    statement.prepare(query.sql);
    statement.define_and_bind();
    for (bool more = statement.execute(true); more; more = statement.fetch()) {
      const Result<> visited = visit(columns.row());
      if (!visited) return visited;
    }
    return {};
  } catch (const soci::soci_error& error) {
    return tl::make_unexpected(translate(error));
  }
}

Result<std::optional<std::int64_t>> select_integer(Transaction& tx, const std::string& sql,
                                                   const Fields& fields) {
  std::optional<std::int64_t> found;
  bool first = true;
  const Query query{sql, fields, 1};
  const auto done = for_each_row(tx, query, [&](const StoredRow& row) -> Result<> {
    if (!std::exchange(first, false) || decode(row[0], found)) return {};
    return fail(ErrorCode::damaged, "a column that should hold a number does not");
  });
  if (!done) return pass(done);
  return found;
}

}  // namespace couvert
