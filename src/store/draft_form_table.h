// The table `draft_form`: what a draft's sender has filled in.
#pragma once

#include <optional>

#include "base/bytes.h"
#include "base/id.h"
#include "store/database.h"

namespace couvert {

/// The form of a draft. Deleted at Start.
struct DraftFormRow {
  SealId seal_id;
  Buffer sealed;  // couvert/1 form
};

/// Stores the form in the place of the one before.
Result<> put_draft_form(Transaction& tx, const DraftFormRow& form);
Result<std::optional<DraftFormRow>> find_draft_form(Transaction& tx, const SealId& id);
Result<> delete_draft_form(Transaction& tx, const SealId& id);

}  // namespace couvert
