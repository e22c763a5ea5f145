// The head of an HTTP/1.1 request, read strictly: what two readers could understand differently is
// refused (RFC 9112, and narrower).
//
// Beast takes the head apart; what it would forgive is refused before: line breaks other than CRLF,
// folded lines, blanks around names, bytes outside ASCII in whatever is read here. After that come
// the rules between fields: one Host, one canonical Content-Length, no Transfer-Encoding at all.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

#include "http/exchange.h"

namespace couvert {

struct RequestHead {
  Method method = Method::get;
  bool method_known = true;  // false: a method of HTTP that no route has (PUT, TRACE, ...)
  std::string path;          // begins with '/'; no empty, "." or ".." segments; not decoded.
                             // Of OPTIONS also "*", the whole server
  std::string query;         // without '?'
  Fields fields;
  std::uint64_t content_length = 0;
  bool has_content_length = false;
  bool keep_alive = true;
  bool expects_continue = false;
};

/// Why a head is refused. The connection closes after the answer: nobody knows where the next
/// request would begin.
struct HeadRefusal {
  int status = 400;
  std::string_view why;  // a constant, for the log

  bool operator==(const HeadRefusal&) const = default;
};

/// The length of the head in `received`, with the empty line; 0 while it is not complete.
/// Errors: 400 for a bare line feed or a NUL; 414 and 431 where it is too long already.
tl::expected<std::size_t, HeadRefusal> head_length(std::string_view received);

/// Reads a whole head, as long as head_length() said.
tl::expected<RequestHead, HeadRefusal> parse_head(std::string_view head);

}  // namespace couvert
