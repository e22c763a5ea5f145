// Where mails leave the server. The outbox round calls it from a thread of its own, so it blocks.
#pragma once

#include "base/bytes.h"
#include "base/clock.h"
#include "base/result.h"
#include "domain/address.h"

namespace couvert {

/// The SMTP envelope: one recipient a mail, so that each has an answer of its own.
struct Envelope {
  Address from;
  Address to;
};

/// Hands mails over to a mail server. Threads: one at a time.
class MailTransport {
 public:
  virtual ~MailTransport() = default;

  /// Hands one message over; on success the server has answered for it.
  ///
  /// Errors: `unavailable` where a later try may work (no connection, 4xx, login or TLS refused,
  /// no answer within `time_max`); `refused` where this mail will never go (5xx for its recipient
  /// or content). The detail is the server's own text: one line, at most 500 bytes, printable.
  virtual Result<> send(const Envelope& envelope, Bytes message, Duration time_max) = 0;

  /// Begins no more mails and gives up the one under way after the given patience: send() answers
  /// `unavailable`. Threads: any.
  virtual void stop(Duration) {}
  virtual bool stopping() const { return false; }

  /// Ends a round: closes the connection that mails of one round share.
  virtual void rest() {}
};

}  // namespace couvert
