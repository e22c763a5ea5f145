// The plaintext of one file of an opened transfer, from the objects of its parts.
#pragma once

#include "service/content.h"

namespace couvert {

/// Memory:   under 400 KiB, and 16 bytes for each part.
/// Lifetime: all that is handed in must outlive the source. Threads: one at a time.
/// Errors:   `unavailable`; reading answers `damaged` where objects are not what the manifest says.
Result<std::unique_ptr<PlainSource>> open_stored_file(const Parts& parts,
                                                      const OpenedTransfer& opened,
                                                      OpenedManifest& manifest, std::size_t index);

}  // namespace couvert
