// Passwords: made, read from a file, asked for.
#pragma once

#include <string>

#include "base/random.h"
#include "cli/terminal.h"
#include "cli/trouble.h"
#include "client/wiped_text.h"

namespace couvert {

/// 16 characters that nobody confuses, in four groups parted by hyphens: "kV4t-Xw9n-…". Has upper
/// and lower case, digits and a special character; 92 bits.
WipedText make_password(Random& random, std::int64_t length_min);

/// The first line of `path`, without its end; of standard input for "-".
/// Errors: `usage` for an empty line, one over 1024 bytes, or one that is not UTF-8; `unavailable`.
Outcome<WipedText> read_password(const std::string& path, Terminal& terminal);

}  // namespace couvert
