// Makes text of people harmless before it enters a mail. The rules and their reasons stand in
// spec/mail.md.
//
// All functions take UTF-8; a byte that is none becomes U+FFFD. Columns are code points.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace couvert {

/// For names and subjects: one line; every control and invisible character goes, so that no text
/// runs backwards, hides a part of itself or breaks a header. Blanks are trimmed and collapsed.
std::string one_line(std::string_view text);
/// The same, at most so many bytes of it: whole characters.
std::string one_line(std::string_view text, std::size_t bytes_max);

/// For texts of many lines, ended by \n: control characters and those that turn the direction of
/// writing go; joiners stay, which some scripts and emoji need. Tabs become blanks.
std::string many_lines(std::string_view text);

/// Breaks what mail programs would turn into a link by themselves: a zero-width non-joiner goes
/// after a dot between letters or digits (not between two digits), after an @, and into ":/" and
/// a double backslash.
std::string without_links(std::string_view text);

/// "tel:" and the digits of a telephone number (RFC 3966) that is nothing else: an optional + and 5
/// to 15 ASCII digits, parted by blanks, dots, hyphens or slashes, and by one pair of brackets
/// where there is no + (what "+49 (0)30" dials differs from program to program). Empty for all
/// other text.
std::string phone_link(std::string_view phone);

/// At most `length` columns: the middle of a longer text becomes an ellipsis, so that the end of a
/// file name stays.
std::string shortened(std::string_view text, std::size_t length);

/// How many columns a text takes.
std::size_t columns_of(std::string_view text);

/// & < > " ' as character references, for element content and quoted attributes.
std::string escape_html(std::string_view text);
/// The same for many lines: \n becomes a line break.
std::string escape_html_lines(std::string_view text);

/// Breaks lines at blanks so that none is over 78 columns; a word that is longer is cut unless it
/// is a link (https:// or http://) or an address. The ZWNJ of without_links() takes no column.
/// Lines keep their own breaks, begin with `prefix` (at most 20 columns) and end in \n.
std::string wrapped(std::string_view text, std::string_view prefix = "");

}  // namespace couvert
