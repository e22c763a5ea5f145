// Bytes on their way into a draft's file: cut into parts, sealed, stored, acknowledged part by
// part.
#pragma once

#include "service/draft_access.h"

namespace couvert {

/// An Upload at the durable end of `file`. Lifetime: `parts` must outlive it.
std::unique_ptr<Upload> begin_upload(const Parts& parts, OpenedDraft draft, OpenedFile file);

}  // namespace couvert
