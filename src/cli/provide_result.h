// What `couvert provide` prints once a transfer is there.
#pragma once

#include <string>
#include <vector>

#include "cli/commands.h"
#include "cli/provide_quick.h"

namespace couvert {

/// Lifetime: refers to all of it.
struct Provided {
  const api::Started& started;
  const std::string& open_by;
  std::string_view password;  // that was generated, else empty
  const QuickSending& quick;
  const std::vector<std::string>& mail_paths;  // of the first recipients, where mails were written
};

/// Lines for people, or one JSON object. Errors: those of the terminal.
Outcome<> print_provided(const World& world, const Provided& provided);

}  // namespace couvert
