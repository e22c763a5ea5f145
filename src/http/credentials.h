// Who calls: the session, the draft's or retrieval's secret, and where the request comes from.
#pragma once

#include <string_view>

#include "http/exchange.h"
#include "http/request_head.h"

namespace couvert {

/// Reads caller, secret and device into `request`, as its route's Access demands.
///
/// Errors: `invalid` for an Authorization, a device, a member or a secret that is malformed, and
///         for a member or a draft's secret that is missing; `unproven` without session or device;
///         `refused` for a request that changes something, acts by a cookie or a browser, and does
///         not come from the portal's own pages; `denied` for a retrieval without its token.
Result<> read_credentials(const Access& access, std::string_view base_url, Request& request);

/// Whether a request that changes something may come from where it comes from. Programs with a
/// token say nothing about that; browsers say Sec-Fetch-Site, older ones Origin.
bool origin_allowed(const Fields& fields, std::string_view base_url);

}  // namespace couvert
