// Files of the state folder, which nobody but their owner may read: mode 0600, replaced as a whole.
//
// Errors of all: `refused` where others could read or change a file; `unavailable` and `full` for
// those of the disk.
#pragma once

#include <optional>
#include <string>

#include "cli/trouble.h"
#include "client/wiped_text.h"

namespace couvert {

/// What errno says of `path`.
tl::unexpected<Trouble> disk_trouble(const std::string& what, const std::string& path);

/// Whether the open file belongs to its owner alone; `mode` is what the hint advises.
Outcome<> check_private(int descriptor, const std::string& path, const std::string& mode);

/// Nothing where there is no such file. A link is not followed. At most 8 KiB are read.
Outcome<std::optional<WipedText>> read_private_file(const std::string& path);

/// Replaces `name` in `folder`: a crash leaves the old or the new one.
Outcome<> write_private_file(const std::string& folder, const std::string& name,
                             const WipedText& text);

/// Removes `name` from `folder`, for good; none is as good as one removed.
Outcome<> remove_private_file(const std::string& folder, const std::string& name);

/// Makes `path`, which must be new, somewhere else. Errors: also `conflict` where it is there.
Outcome<> write_new_private_file(const std::string& path, const WipedText& text);

}  // namespace couvert
