// The words of a command line, sorted: a command, its files, its options.
//
// Long options only, before or after the command, as `--option value` or `--option=value`.
// --to, --cc and --bcc take every word up to the next option; `--` ends options and such lists.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cli/trouble.h"

namespace couvert {

struct Arguments {
  std::string command;                // empty where there was none
  std::vector<std::string> operands;  // files, an address, a link
  std::map<std::string, std::vector<std::string>, std::less<>> options;  // names without "--"

  bool has(std::string_view option) const { return options.contains(option); }
  /// The value of an option that has one, or nullopt where it was not given.
  std::optional<std::string> value(std::string_view option) const;
  /// Every value of a list; several values may also stand in one word, parted by commas.
  std::vector<std::string> list(std::string_view option) const;
};

/// Sorts the words after the program's name.
///
/// Errors: `usage` for unknown commands and options (with the nearest one as hint), for options
/// that the command does not have, are given twice, lack their value or must not have one.
Outcome<Arguments> parse_arguments(const std::vector<std::string>& words);

}  // namespace couvert
