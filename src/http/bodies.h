// File bytes on their way: into an Upload, out of a Download. In pieces, so that memory does not
// grow with the file, and each on one thread from the line to the store or back
// (docs/decisions/0071).
#pragma once

#include <memory>

#include "http/connection.h"
#include "http/ranges.h"
#include "http/workers.h"
#include "service/draft.h"
#include "service/retrieve.h"

namespace couvert {

/// Reads `bytes` bytes of a body into `upload` and closes it. Returns the new durable offset.
///
/// Errors: those of Upload; `unavailable` where the line broke: then what came is kept as far as
///         Upload::break_off() keeps it.
/// Memory: a piece of 256 KiB.
Task<std::uint64_t> receive_upload(std::shared_ptr<Connection> connection, Workers& pool,
                                   std::shared_ptr<Upload> upload, std::uint64_t bytes);

/// Sends a range of `download`, behind what was put into the connection before.
///
/// Errors: those of Download, and `unavailable` for the line; the caller then breaks the connection
///         off, so that nobody takes what came for the whole.
/// Memory: a piece of 96 KiB and its ciphertext.
Task<> send_download(std::shared_ptr<Connection> connection, Workers& pool,
                     std::shared_ptr<Download> download, ByteRange range);

}  // namespace couvert
