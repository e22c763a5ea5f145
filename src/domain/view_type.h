// Which files a page may show, and as what. Their first bytes say so, never their name or what the
// sender called their type: content that could act is shown as text, or not at all.
#pragma once

#include <optional>
#include <string_view>

#include "base/bytes.h"

namespace couvert {

/// So much of a file's beginning is looked at.
inline constexpr std::size_t view_head_bytes = 4096;

/// The media type as which a file that begins like this may be shown: an image, sound or film that
/// browsers know, `application/pdf`, or `text/plain` for every text, HTML and SVG included. Nothing
/// for all else, and for an empty file.
std::optional<std::string_view> view_type(Bytes head);

}  // namespace couvert
