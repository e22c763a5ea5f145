// The portal's files, read once at start: no path of a request ever reaches the file system.
#pragma once

#include <string>
#include <string_view>

#include "http/exchange.h"
#include "http/look.h"

namespace couvert {

/// The API's description as a page of the portal; all else below /api/ is the route table's.
inline constexpr std::string_view docs_path = "/api/docs";

/// Answers with the files of `folder` (index.html and what lies beside and below it). The pages of
/// the portal give pages/PAGE.LANGUAGE.html, in the language of the visitor's cookie or browser,
/// and index.html where there is no such file; everything unknown gives index.html with status 404.
/// `look` adds files; without styles of its own, pages do not ask for them.
///
/// Memory: all files, and a gzip copy of those that shrink by it.
/// Errors: `unavailable` where the folder or its index.html cannot be read; `too_large` over
/// limits::portal_files_max files or limits::portal_bytes_max bytes.
Result<Handler> portal(const std::string& folder, const Look& look);

}  // namespace couvert
