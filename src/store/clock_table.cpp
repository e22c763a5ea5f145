#include "store/clock_table.h"

#include "store/sql.h"

namespace couvert {

template <>
struct Table<ClockRow> {
  static constexpr std::string_view name = "clock";

  static void columns(auto&& row, auto visit) {
    visit("mark", row.mark);
    visit("latest", row.latest);
  }
};

Result<std::optional<ClockRow>> read_clock(Transaction& tx) {
  return select_one<ClockRow>(tx, "", {});
}

Result<> write_clock(Transaction& tx, const ClockRow& row) {
  const auto changed =
      execute(tx, "UPDATE clock SET mark = :mark, latest = :latest", fields_of(row));
  if (!changed) return pass(changed);
  if (*changed > 0) return {};
  return insert(tx, row);
}

}  // namespace couvert
