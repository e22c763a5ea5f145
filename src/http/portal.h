// The portal's files, read once at start: no path of a request ever reaches the file system.
#pragma once

#include <string>

#include "http/exchange.h"
#include "http/look.h"

namespace couvert {

/// Answers with the files of `folder` (index.html and what lies beside and below it): the pages of
/// the portal give index.html, everything unknown index.html with status 404. `look` adds files.
///
/// Memory: all files, and a gzip copy of those that shrink by it.
/// Errors: `unavailable` where the folder or its index.html cannot be read; `too_large` over
/// limits::portal_files_max files or limits::portal_bytes_max bytes.
Result<Handler> portal(const std::string& folder, const Look& look);

}  // namespace couvert
