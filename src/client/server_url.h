// The address of a server, as a person types it and as it stands in front of a link.
#pragma once

#include <string>
#include <string_view>

#include "client/problem.h"

namespace couvert {

/// "https://transfer.example.org", also with a port and a path; in its one normal form (lower-case
/// host, no default port, no slash at the end), so that equal servers are equal texts.
struct ServerUrl {
  std::string text;

  auto operator<=>(const ServerUrl&) const = default;
};

/// Errors: `invalid` for anything but http and https with a host, and for user names, queries and
/// fragments; `invalid` with reasons::plain_http where http leads off this machine.
Answer<ServerUrl> parse_server_url(std::string_view text);

}  // namespace couvert
