// Bytes on their way into a draft's file: cut into parts, sealed, stored, acknowledged part by
// part.
#pragma once

#include "service/draft_access.h"

namespace couvert {

/// What becomes of a file whose bytes are refused; a line that breaks refuses none.
enum class OnRefusal { keep_file, erase_file };

struct UploadTerms {
  std::optional<Checksum> checksum;  // of all bytes that come; where it is another, none is kept
  OnRefusal on_refusal = OnRefusal::keep_file;
};

/// Going on needs less: what has begun comes to its end, as long as it can.
enum class Space { to_begin, to_go_on };

/// Whether the objects' disk has room beside what the database, mails and logs need.
/// Errors: `full`; `unavailable`.
Result<> check_space(const Parts& parts, Space space);

/// An Upload at the durable end of `file`, whose row holds `file.row.record`.
/// Lifetime: `parts` must outlive it.
std::unique_ptr<Upload> begin_upload(const Parts& parts, OpenedDraft draft, OpenedFile file,
                                     UploadTerms terms);

}  // namespace couvert
