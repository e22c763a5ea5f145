// Unicode forms of texts: what is typed in different ways and means the same gets the same bytes.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace couvert {

/// Normalisation form C of a text of at most 64 KiB. What it was made in is wiped.
/// Errors: `invalid` for text that is not UTF-8, or longer.
Result<std::string> normal_form(std::string_view text);

/// A key that is the same for all names which some file system takes for one: without case, width
/// and the way in which accents are written (NFKC_Casefold).
/// Errors: as normal_form().
Result<std::string> folded_name(std::string_view name);

}  // namespace couvert
