// The table `outbox`: mails not yet handed to the mail server.
//
// A row is written in the transaction of the fact that it tells. A worker leases due rows, hands
// the mails over and settles them; a worker that dies loses its lease, so a mail goes out at least
// once, always under the Message-ID made from its mail ID. Content is sealed; it goes with the row
// when the mail is settled.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/id.h"
#include "domain/address.h"
#include "store/database.h"

namespace couvert {

enum class MailKind {
  code,
  notification,
  handed_over,
  downloaded,
  undeliverable,
  wrong_passwords,
  password_asked,
  revoked,     // to a recipient
  revocation,  // to the sender
  expired,
  trouble,  // to the operator
  quick,    // of QUICK, to a person
  program,  // to a person who let one in
};

struct OutboxRow {
  MailId mail_id;
  MailKind kind = MailKind::code;
  std::optional<SealId> seal_id;  // the transfer it tells of
  int position = -1;              // its recipient
  Address address;
  Buffer content;        // sealed: couvert/1 mail
  std::int64_t day = 0;  // of the key it is sealed under
  Instant created;
  Instant next_try;
  Instant end;  // given up then
  int tries = 0;
};

Result<> insert_mail(Transaction& tx, const OutboxRow& mail);
/// Takes up to `limit` mails that are due and not leased, oldest first, and leases them until
/// `lease_end`; rows that cannot be read are passed over. Within write() only.
Result<std::vector<OutboxRow>> lease_mails(Transaction& tx, Instant now, Instant lease_end,
                                           std::size_t limit);
/// Mails that are due by `lease_end` are due now: the leases of a process that has died, and short
/// pauses, which are cut. Order: when no other process works on this database.
Result<> take_back_leases(Transaction& tx, Instant now, Instant lease_end);
/// Handed over or given up: the row goes.
Result<> delete_mail(Transaction& tx, const MailId& id);
/// Tried in vain: again at `next_try`; the lease ends.
Result<> postpone_mail(Transaction& tx, const MailId& id, Instant next_try);
/// Mails of a transfer that must not go out any more.
Result<> delete_mails_of(Transaction& tx, const SealId& id);
/// Whether a leased mail is still to go out: it may have been deleted since.
Result<bool> is_waiting(Transaction& tx, const MailId& id);
/// A recipient's notification, where it still waits.
Result<> delete_notification(Transaction& tx, const SealId& id, int position);
/// How many wait, and since when the oldest does (for figures and readiness).
struct OutboxState {
  std::int64_t waiting = 0;
  std::optional<Instant> oldest;
};
Result<OutboxState> outbox_state(Transaction& tx);

}  // namespace couvert
