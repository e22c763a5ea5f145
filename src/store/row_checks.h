// What must hold between the rows of the database. For check.h.
#pragma once

#include <span>
#include <string_view>

namespace couvert {

/// A query that finds what breaks one rule: the seal ID of the transfer, and a number or NULL.
struct RowCheck {
  std::string_view wrong;   // "parts of an unknown transfer"
  std::string_view number;  // what the number is: "file"
  std::string_view sql;
};

std::span<const RowCheck> all_row_checks();

}  // namespace couvert
