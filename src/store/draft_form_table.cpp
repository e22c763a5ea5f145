#include "store/draft_form_table.h"

#include "store/sql.h"

namespace couvert {

template <>
struct Table<DraftFormRow> {
  static constexpr std::string_view name = "draft_form";

  static void columns(auto&& row, auto visit) {
    visit("seal_id", row.seal_id);
    visit("sealed", row.sealed);
  }
};

Result<> put_draft_form(Transaction& tx, const DraftFormRow& form) {
  return run(tx,
             insert_statement<DraftFormRow>() +
                 " ON CONFLICT (seal_id) DO UPDATE SET sealed = excluded.sealed",
             fields_of(form));
}

Result<std::optional<DraftFormRow>> find_draft_form(Transaction& tx, const SealId& id) {
  return select_one<DraftFormRow>(tx, "WHERE seal_id = :seal_id", {{"seal_id", encode(id)}});
}

Result<> delete_draft_form(Transaction& tx, const SealId& id) {
  return run(tx, "DELETE FROM draft_form WHERE seal_id = :seal_id", {{"seal_id", encode(id)}});
}

}  // namespace couvert
