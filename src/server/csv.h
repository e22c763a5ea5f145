// CSV as spreadsheets write it: RFC 4180, with a byte order mark or none, parted by commas or, as
// in many countries, by semicolons.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace couvert {

/// A record and the line in the text where it begins, from 1 on.
struct CsvRecord {
  int line = 0;
  std::vector<std::string> fields;
};

/// All records but empty ones, the header among them: if there is a semicolon before the first
/// comma of the text, semicolons part the fields.
/// Errors: `invalid` with the line, for quotes that do not match.
Result<std::vector<CsvRecord>> parse_csv(std::string_view text);

/// One record with its line's end, each field in quotes where it needs them. A field that a
/// spreadsheet would take for a formula stays as it is: these files are read by import again.
std::string write_csv(const std::vector<std::string>& fields);

}  // namespace couvert
