// What --help and --version print. docs/user/command-line.md says the same at length.
#pragma once

#include <string_view>

namespace couvert {

inline constexpr std::string_view version = "0.1.0";

/// The page of a command; the program's own for an empty or unknown one.
std::string_view help_page(std::string_view command);

}  // namespace couvert
