#include "service/post.h"

#include "sealing/sealed_text.h"
#include "service/open_transfer.h"
#include "store/transfer_table.h"

namespace couvert {

Result<> post(const Parts& parts, Transaction& tx, const Letter& letter) {
  Result<Buffer> plain = encode(letter.content);
  if (!plain) return pass(plain);
  OutboxRow row;
  row.mail_id = MailId::make(parts.random);
  row.kind = letter.kind;
  row.seal_id = letter.seal_id;
  row.position = letter.position;
  row.address = letter.to;
  row.created = parts.clock.now();
  row.next_try = row.created;
  // Nobody needs a code that is over: a mail server that is away must not make them pile up.
  const bool is_code = letter.kind == MailKind::code;
  row.end = row.created + (is_code ? Duration(parts.settings.verification.code_life)
                                   : Duration(limits::mail_life));
  row.day = day_of(row.end);
  const Result<DayKey> day_key = parts.day_keys.key(day_of(row.end));
  if (!day_key) return pass(day_key);
  row.content = seal_mail(**day_key, row.mail_id, *plain, parts.random);
  wipe(*plain);
  const Result<> inserted = insert_mail(tx, row);
  if (!inserted || letter.kind != MailKind::notification || !letter.seal_id) return inserted;
  return set_mail_id(tx, *letter.seal_id, letter.position, row.mail_id);
}

}  // namespace couvert
