// What GMime is asked for, for mails and for messages that are saved: headers, parts, bytes. Within
// mail/ only.
#pragma once

#include <gmime/gmime.h>

#include <memory>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/clock.h"
#include "domain/address.h"

namespace couvert {

inline constexpr std::size_t mime_line_bytes_max = 998;  // RFC 5322 section 2.1.1

struct GUnref {
  void operator()(void* object) const { g_object_unref(object); }
};
template <class T>
using Owned = std::unique_ptr<T, GUnref>;

struct FreeOptions {
  void operator()(GMimeFormatOptions* options) const { g_mime_format_options_free(options); }
};
using Options = std::unique_ptr<GMimeFormatOptions, FreeOptions>;

/// Once before anything else. Threads: any.
void start_gmime();

bool is_ascii(std::string_view value);

/// RFC 5322 section 3.3, in UTC and independent of the machine's locale.
std::string date_text(Instant instant);

/// A mailbox with a name, which may be empty, in From.
void set_from(GMimeMessage* message, const std::string& name, const Address& address);
void set_subject(GMimeMessage* message, const std::string& subject);
void add_mailbox(GMimeMessage* message, GMimeAddressType type, const Address& address);
void set_header(GMimeMessage* message, const char* name, const std::string& value);

/// A part text/SUBTYPE in UTF-8. Lifetime: `content` must outlive it.
Owned<GMimePart> make_part(const char* subtype, const std::string& content,
                           GMimeContentEncoding encoding);

/// Its bytes, with CRLF.
Buffer write_message(GMimeMessage* message);

/// The other side of the border: whether every line that GMime wrote ends in CRLF and is short.
bool keeps_lines(std::string_view bytes);

}  // namespace couvert
