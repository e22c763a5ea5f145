#include "store/row_checks.h"

#include <array>

namespace couvert {

namespace {

constexpr std::array checks = {
    RowCheck{"a recipient of an unknown transfer", "recipient",
             "SELECT seal_id, position FROM recipient WHERE NOT EXISTS "
             "(SELECT 1 FROM transfer WHERE transfer.seal_id = recipient.seal_id)"},
    RowCheck{"a keyslot of an unknown transfer", "recipient",
             "SELECT seal_id, position FROM keyslot WHERE NOT EXISTS "
             "(SELECT 1 FROM transfer WHERE transfer.seal_id = keyslot.seal_id)"},
    RowCheck{"a file of an unknown transfer", "file",
             "SELECT seal_id, no FROM file WHERE NOT EXISTS "
             "(SELECT 1 FROM transfer WHERE transfer.seal_id = file.seal_id)"},
    RowCheck{"a form of an unknown transfer", "",
             "SELECT seal_id, NULL FROM draft_form WHERE NOT EXISTS "
             "(SELECT 1 FROM transfer WHERE transfer.seal_id = draft_form.seal_id)"},
    RowCheck{"parts of an unknown transfer", "file",
             "SELECT DISTINCT seal_id, file_no FROM part WHERE NOT EXISTS "
             "(SELECT 1 FROM transfer WHERE transfer.seal_id = part.seal_id)"},
    RowCheck{"a download of an unknown transfer", "file",
             "SELECT seal_id, file_no FROM download WHERE NOT EXISTS "
             "(SELECT 1 FROM transfer WHERE transfer.seal_id = download.seal_id)"},
    RowCheck{"a viewing of an unknown transfer", "file",
             "SELECT seal_id, file_no FROM viewing WHERE NOT EXISTS "
             "(SELECT 1 FROM transfer WHERE transfer.seal_id = viewing.seal_id)"},
    RowCheck{"a mail of an unknown transfer", "recipient",
             "SELECT seal_id, position FROM outbox WHERE seal_id IS NOT NULL AND NOT EXISTS "
             "(SELECT 1 FROM transfer WHERE transfer.seal_id = outbox.seal_id)"},
    RowCheck{"a draft without the sender's keyslot", "",
             "SELECT seal_id, NULL FROM transfer WHERE state = 'draft' AND NOT EXISTS "
             "(SELECT 1 FROM keyslot WHERE keyslot.seal_id = transfer.seal_id)"},
    RowCheck{"sealed without a manifest", "",
             "SELECT seal_id, NULL FROM transfer "
             "WHERE state = 'sealed' AND manifest_object IS NULL"},
    RowCheck{"sealed without a keyslot", "",
             "SELECT seal_id, NULL FROM transfer WHERE state = 'sealed' AND NOT EXISTS "
             "(SELECT 1 FROM keyslot WHERE keyslot.seal_id = transfer.seal_id)"},
    RowCheck{"sealed without a recipient", "",
             "SELECT seal_id, NULL FROM transfer WHERE state = 'sealed' AND NOT EXISTS "
             "(SELECT 1 FROM recipient WHERE recipient.seal_id = transfer.seal_id)"},
    RowCheck{"no keyslot opens it for a recipient", "recipient",
             "SELECT recipient.seal_id, recipient.position FROM transfer JOIN recipient "
             "ON recipient.seal_id = transfer.seal_id WHERE transfer.state = 'sealed' "
             "AND recipient.revoked IS NULL "
             "AND NOT EXISTS (SELECT 1 FROM keyslot WHERE keyslot.seal_id = recipient.seal_id "
             "AND keyslot.slot_id = recipient.slot_id)"},
    RowCheck{"the parts of a file have gaps", "file",
             "SELECT part.seal_id, part.file_no FROM transfer JOIN part "
             "ON part.seal_id = transfer.seal_id WHERE transfer.state IN ('draft', 'sealed') "
             "GROUP BY part.seal_id, part.file_no "
             "HAVING MIN(part.part_no) <> 0 OR MAX(part.part_no) + 1 <> COUNT(*)"},
    RowCheck{"a part has an impossible length", "file",
             "SELECT DISTINCT seal_id, file_no FROM part WHERE bytes < 1 OR bytes > 8388608"},
    RowCheck{"a draft has parts of a file that it does not have", "file",
             "SELECT DISTINCT part.seal_id, part.file_no FROM transfer JOIN part "
             "ON part.seal_id = transfer.seal_id WHERE transfer.state = 'draft' "
             "AND NOT EXISTS (SELECT 1 FROM file WHERE file.seal_id = part.seal_id "
             "AND file.no = part.file_no)"},
    RowCheck{"the offset of a file is not the sum of its parts", "file",
             "SELECT file.seal_id, file.no FROM file JOIN transfer "
             "ON transfer.seal_id = file.seal_id WHERE transfer.state = 'draft' "
             "AND (file.\"offset\" > file.bytes "
             "OR file.parts <> (SELECT COUNT(*) FROM part "
             "WHERE part.seal_id = file.seal_id AND part.file_no = file.no) "
             "OR file.\"offset\" <> (SELECT COALESCE(SUM(part.bytes), 0) FROM part "
             "WHERE part.seal_id = file.seal_id AND part.file_no = file.no))"},
};

}  // namespace

std::span<const RowCheck> all_row_checks() {
  return checks;
}

}  // namespace couvert
