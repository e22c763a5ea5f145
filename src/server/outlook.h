// The pages of the add-in for Outlook, with this server's address in its manifests.
#pragma once

#include <string>

#include "base/result.h"
#include "http/look.h"
#include "server/config.h"

namespace couvert {

/// Adds the files of the add-in below /outlook/, where it is enabled. Its pages may be framed by
/// Microsoft's webmail and by what the configuration names, and load Microsoft's office.js.
///
/// Errors: `unavailable` where the folder is not there or cannot be read.
Result<> add_outlook(const Config& config, Look& look);

/// The add-in's ID: the same for one address of a server, and another one for each.
std::string outlook_id(std::string_view base_url);

}  // namespace couvert
