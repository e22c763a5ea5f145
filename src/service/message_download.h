// The confidential message as a file of mail programs, its files put in while it goes out.
#pragma once

#include "service/content.h"

namespace couvert {

/// A download of it. Errors: as Retrieve::message(). Lifetime: `parts` must outlive it.
Result<std::unique_ptr<Download>> download_message(const Parts& parts, OpenedTransfer opened,
                                                   std::unique_ptr<OpenedManifest> manifest,
                                                   Attached attached);

}  // namespace couvert
