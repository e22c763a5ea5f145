// The head of an answer as it goes out, with the security headers that every answer carries.
#pragma once

#include <optional>
#include <string>

#include "base/clock.h"
#include "http/exchange.h"

namespace couvert {

/// What the head says beside the response itself.
struct HeadDetails {
  Instant now;
  bool keep_alive = true;
  bool https = false;                     // base_url begins with https: adds HSTS
  bool tus = false;                       // adds the version of tus
  std::optional<std::uint64_t> length{};  // Content-Length; without one there is no such field
  std::string_view origin{};              // of a page elsewhere that may read the answer
  bool varies = false;                    // with the origin of who asks
  std::string_view request_id{};          // as in the log; made by us, whatever a client sends
};

/// Status line, fields, empty line. Nothing in it names program or version.
std::string write_head(const Response& response, const HeadDetails& details);

/// "Sun, 06 Nov 1994 08:49:37 GMT" (RFC 9110 section 5.6.7).
std::string http_date(Instant instant);

}  // namespace couvert
