// The bytes of a mail: RFC 5322 headers and multipart/alternative, plain text before HTML.
//
// The same input gives the same bytes, so a mail that is sent twice is the same mail with the same
// Message-ID, and mail programs show it once.
#pragma once

#include "base/bytes.h"
#include "base/clock.h"
#include "base/id.h"
#include "base/result.h"
#include "domain/address.h"
#include "mail/mail_text.h"

namespace couvert {

/// What stands on the outside of one mail.
struct MailHead {
  MailId mail_id;  // Message-ID is <mail ID@domain of `from`>
  Address from;    // the organisation's own address, so that SPF, DKIM and DMARC hold
  Address to;
  Instant date;  // when the outbox row was written
};

/// Builds the message: CRLF line ends, headers folded at 78, no line over 998 bytes, UTF-8 in
/// quoted-printable. Only an address with a UTF-8 local part makes it need SMTPUTF8.
///
/// Errors: `invalid` where a header value holds a line break or another control character;
/// `too_large` over mail_bytes_max.
/// Threads: any.
Result<Buffer> build_message(const MailHead& head, const MailText& text);

/// The same for a mail that its sender's own program sends (unsent_mail.h).
Result<Buffer> build_unsent_message(const MailHead& head, const MailText& text);

}  // namespace couvert
