// The plaintext of one file of an opened transfer, from the objects of its parts.
#pragma once

#include "service/content.h"
#include "service/transfer_watch.h"

namespace couvert {

/// Memory:   under 400 KiB, whatever the file's size.
/// Lifetime: all that is handed in must outlive the source. Threads: one at a time.
/// Errors:   of read(): `damaged` where objects are not what the manifest says; `unavailable`;
/// those
///           of the watch, which looks at the border of each part.
std::unique_ptr<PlainSource> open_stored_file(const Parts& parts, TransferWatch& watch,
                                              OpenedManifest& manifest, std::size_t index);

}  // namespace couvert
