#include "store/outbox_table.h"

#include "base/limits.h"
#include "store/sql.h"

namespace couvert {

namespace {

constexpr std::array all_kinds = {
    MailKind::code,           MailKind::notification,  MailKind::handed_over,
    MailKind::downloaded,     MailKind::undeliverable, MailKind::wrong_passwords,
    MailKind::password_asked, MailKind::revoked,       MailKind::revocation,
    MailKind::expired,        MailKind::trouble,       MailKind::quick,
    MailKind::program};

}  // namespace

std::string_view name_of(MailKind kind) {
  switch (kind) {
    case MailKind::code:
      return "code";
    case MailKind::notification:
      return "notification";
    case MailKind::handed_over:
      return "handed_over";
    case MailKind::downloaded:
      return "downloaded";
    case MailKind::undeliverable:
      return "undeliverable";
    case MailKind::wrong_passwords:
      return "wrong_passwords";
    case MailKind::password_asked:
      return "password_asked";
    case MailKind::revoked:
      return "revoked";
    case MailKind::revocation:
      return "revocation";
    case MailKind::expired:
      return "expired";
    case MailKind::trouble:
      return "trouble";
    case MailKind::quick:
      return "quick";
    case MailKind::program:
      return "program";
  }
  return "";
}

static bool decode(const Cell& cell, MailKind& kind) {
  return decode_name(cell, all_kinds, kind);
}

template <>
struct Table<OutboxRow> {
  static constexpr std::string_view name = "outbox";

  static void columns(auto&& row, auto visit) {
    visit("mail_id", row.mail_id);
    visit("kind", row.kind);
    visit("seal_id", row.seal_id);
    visit("position", row.position);
    visit("address", row.address);
    visit("content", row.content);
    visit("day", row.day);
    visit("created", row.created);
    visit("next_try", row.next_try);
    visit("end", row.end);
    visit("tries", row.tries);
  }
};

Result<> insert_mail(Transaction& tx, const OutboxRow& mail) {
  return insert(tx, mail);
}

Result<std::vector<OutboxRow>> lease_mails(Transaction& tx, Instant now, Instant lease_end,
                                           std::size_t limit) {
  // Nobody waits that long: the time was written while the clock was ahead.
  const Result<> mended =
      run(tx, "UPDATE outbox SET next_try = :now WHERE next_try > :far",
          {{"now", encode(now)}, {"far", encode(now + limits::mail_pause_max)}});
  if (!mended) return pass(mended);
  auto due = select_readable<OutboxRow>(
      tx, "WHERE next_try <= :now ORDER BY next_try, mail_id LIMIT :limit",
      {{"now", encode(now)}, {"limit", encode(limit)}});
  if (!due) return due;
  // A lease is nothing but a later time: whoever dies with it leaves a mail that is due again.
  for (const OutboxRow& mail : *due) {
    const Result<> leased =
        run(tx, "UPDATE outbox SET next_try = :lease_end WHERE mail_id = :mail_id",
            {{"lease_end", encode(lease_end)}, {"mail_id", encode(mail.mail_id)}});
    if (!leased) return pass(leased);
  }
  return due;
}

Result<> take_back_leases(Transaction& tx, Instant now, Instant lease_end) {
  return run(tx,
             "UPDATE outbox SET next_try = :now WHERE next_try > :now AND next_try <= :lease_end",
             {{"now", encode(now)}, {"lease_end", encode(lease_end)}});
}

Result<> delete_mail(Transaction& tx, const MailId& id) {
  return run(tx, "DELETE FROM outbox WHERE mail_id = :mail_id", {{"mail_id", encode(id)}});
}

Result<> postpone_mail(Transaction& tx, const MailId& id, Instant next_try) {
  return run(tx,
             "UPDATE outbox SET next_try = :next_try, tries = tries + 1 WHERE mail_id = :mail_id",
             {{"next_try", encode(next_try)}, {"mail_id", encode(id)}});
}

Result<> delete_mails_of(Transaction& tx, const SealId& id) {
  return run(tx, "DELETE FROM outbox WHERE seal_id = :seal_id", {{"seal_id", encode(id)}});
}

Result<bool> is_waiting(Transaction& tx, const MailId& id) {
  const auto found = select_integer(tx, "SELECT 1 FROM outbox WHERE mail_id = :mail_id",
                                    {{"mail_id", encode(id)}});
  if (!found) return pass(found);
  return found->has_value();
}

Result<> delete_notification(Transaction& tx, const SealId& id, int position) {
  return run(tx,
             "DELETE FROM outbox "
             "WHERE seal_id = :seal_id AND position = :position AND kind = 'notification'",
             {{"seal_id", encode(id)}, {"position", encode(position)}});
}

Result<OutboxState> outbox_state(Transaction& tx) {
  const auto waiting = select_integer(tx, "SELECT COUNT(*) FROM outbox", {});
  if (!waiting) return pass(waiting);
  const auto oldest = select_integer(tx, "SELECT MIN(created) FROM outbox", {});
  if (!oldest) return pass(oldest);
  OutboxState state;
  state.waiting = waiting->value_or(0);
  if (*oldest) state.oldest = from_unix(**oldest);
  return state;
}

}  // namespace couvert
