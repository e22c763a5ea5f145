// Requests from pages of other origins: which of them may read answers (the Fetch standard's CORS
// protocol), and that none of them acts by a cookie.
//
// Who may is named in the configuration, origin by origin; there are no patterns and there is no
// "null". Add-ons of browsers and mail programs have an origin that no page can claim, and read
// answers by their own right: they are taken like programs, without being named.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "http/exchange.h"
#include "http/request_head.h"

namespace couvert {

/// "https://HOST", "https://HOST:PORT", "http://localhost:PORT" or "moz-extension://UUID", as a
/// browser writes it.
bool is_origin(std::string_view text);

/// Where a request comes from, as far as it is another origin that is let in.
struct OtherOrigin {
  std::string named{};  // of the configuration; empty where it is not
  bool let_in = false;  // named, or an add-on: its cookies are dropped, and none is set
};
OtherOrigin other_origin(const Fields& fields, const std::vector<std::string>& named);

/// Whether a browser asks beforehand what a page may send.
bool is_preflight(const RequestHead& head);
/// The answer to that. `methods`: those of the path, "GET, POST".
Response preflight(const std::string& methods);

void drop_cookies(Fields& request);
/// Takes the cookies out of an answer's fields.
void drop_set_cookies(Fields& answer);

/// The fields that let a page of `origin` read an answer.
std::string cross_origin_fields(std::string_view origin);

}  // namespace couvert
