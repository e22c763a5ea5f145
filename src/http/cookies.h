// Cookies: what a request brings, what an answer sets.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "http/exchange.h"

namespace couvert {

inline constexpr std::string_view session_cookie = "__Host-session";

/// The name of a retrieval's cookie: "__Host-r-" and the retrieval's ID.
std::string retrieval_cookie(std::string_view retrieval_id);

/// The value of the cookie of that name; nothing where it is absent, malformed, or there twice
/// (a neighbour's cookie must not win over ours).
std::optional<std::string_view> find_cookie(const Fields& fields, std::string_view name);

/// Whether the request carries any cookie of this server: then it acts for a person who may not
/// know of it, and its origin matters.
bool has_own_cookie(const Fields& fields);

/// The field that sets a cookie for this host alone, out of reach for scripts, for requests from
/// our own pages only. `life` of zero takes it away. The caller wipes the text if it is a secret.
std::pair<std::string, std::string> set_cookie(std::string_view name, std::string_view value,
                                               std::chrono::seconds life);

}  // namespace couvert
