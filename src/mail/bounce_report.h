// Reads the report with which a mail server says that it could not deliver a mail (RFC 3464).
//
// Anybody can write such a report, so nothing in it is believed but one thing: the Message-ID of
// the mail that it gives back. It holds 128 random bits that only those saw whom the mail met.
#pragma once

#include <string>
#include <string_view>

#include "base/id.h"
#include "base/result.h"

namespace couvert {

/// What came back for good.
struct BounceReport {
  MailId mail_id;
  std::string answer;  // why: one line, at most mail_server_answer_bytes_max; or empty

  bool operator==(const BounceReport&) const = default;
};

/// Reads a whole mail, lines ending in LF or CRLF, with or without the "From " line of a mailbox
/// file before it.
///
/// Errors: `too_large` over bounce_bytes_max; `invalid` for everything that is no report of a mail
/// of ours that failed for good: the detail says what it is instead, in words of ours alone.
/// Threads: any.
Result<BounceReport> read_bounce_report(std::string_view mail);

}  // namespace couvert
