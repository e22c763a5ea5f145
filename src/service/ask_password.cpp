#include "service/ask_password.h"

#include "service/live_slot.h"
#include "service/notice.h"
#include "service/post.h"
#include "store/counter_table.h"

namespace couvert {
namespace {

using namespace std::chrono_literals;

// What may be asked for how often.
struct Bound {
  std::string key;
  Instant since;
  int max = 0;
};

// Whether one more may follow; counts it where it may.
Result<bool> count_ask(Transaction& tx, const Bound& bound, Instant hour) {
  const Result<std::int64_t> sum = sum_of_counter(tx, bound.key, bound.since);
  if (!sum) return pass(sum);
  if (*sum >= bound.max) return false;
  const Result<std::int64_t> added = add_to_counter(tx, bound.key, hour, 1);
  if (!added) return pass(added);
  return true;
}

}  // namespace

Result<bool> ask_for_password(const Parts& parts, Transaction& tx, const Transfer& transfer,
                              const PasswordWish& wish) {
  if (transfer.open_by == OpenBy::link) {
    return fail(ErrorCode::conflict, "a transfer without password");
  }
  const Instant now = parts.clock.now();
  const Instant hour = std::chrono::floor<std::chrono::hours>(now);
  const Bound of_network{"asks from " + wish.network, hour, limits::asks_per_network_max};
  const Result<bool> may = count_ask(tx, of_network, hour);
  if (!may) return pass(may);
  if (!*may) {
    const auto wait = std::chrono::ceil<std::chrono::seconds>(hour + 1h - now);
    return fail(ErrorCode::throttled, std::to_string(wait.count()));
  }
  // Whole hours: never more than the bound in a day, and a little longer than a day at most.
  const Instant day_ago = hour - 24h;
  const std::string key = "asks for " + transfer.seal_id.text();
  const std::string own_key = key + "." + std::to_string(wish.recipient.position);
  for (const Bound& bound : {Bound{own_key, day_ago, limits::asks_per_recipient_max},
                             Bound{key, day_ago, limits::asks_per_transfer_max}}) {
    const Result<bool> counted = count_ask(tx, bound, hour);
    if (!counted || !*counted) return counted;
  }
  const Result<Notice> notice = open_transfer_notice(parts, transfer);
  if (!notice) return pass(notice);
  const Result<OpenBy> open_by = open_by_of(tx, transfer, wish.recipient);
  if (!open_by) return pass(open_by);
  PasswordAskedMail mail;
  mail.open_by = *open_by;
  mail.language = notice->language;
  mail.recipient = wish.recipient.address;
  mail.tracking_id = transfer.tracking_id;
  mail.expires = transfer.end;
  const Result<> posted = post(
      parts, tx,
      {MailKind::password_asked, transfer.sender, mail, transfer.seal_id, wish.recipient.position});
  if (!posted) return pass(posted);
  return true;
}

}  // namespace couvert
