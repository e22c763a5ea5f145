// Content-Disposition: the name under which a browser stores a download (RFC 6266, RFC 8187).
#pragma once

#include <string>
#include <string_view>

namespace couvert {

/// `attachment` with the last part of `name`: once in ASCII for old readers, once whole. What no
/// file system or shell should meet (control characters, quotes, slashes, a leading dot) is '_'.
std::string attachment(std::string_view name);

}  // namespace couvert
