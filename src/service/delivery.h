// What is noted, and told to the sender, when a recipient has files.
#pragma once

#include "service/content.h"

namespace couvert {

/// Notes that the recipient has these files. Those that it had before are not told again.
/// Errors: `unavailable`.
Result<> note_delivery(const Parts& parts, const OpenedTransfer& opened, const Manifest& manifest,
                       const std::vector<std::uint32_t>& numbers);

/// Notes that the recipient has begun to look at the file, where that was not noted before.
/// Errors: `unavailable`.
Result<> note_view(const Parts& parts, const Recipient& recipient, std::uint32_t no);

}  // namespace couvert
