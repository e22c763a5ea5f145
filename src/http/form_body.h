// The body of an HTML form with one field, for the one answer that a page shows in a frame: there a
// browser can send nothing but a form.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace couvert {

/// The text of the field `json` in application/x-www-form-urlencoded, as browsers write it (URL
/// Standard, section 5.2): that field alone, every byte in its one spelling.
///
/// Errors: `invalid` for everything else.
Result<std::string> read_form_json(std::string_view body);

}  // namespace couvert
