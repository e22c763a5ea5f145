#include "service/password_tries.h"

#include <algorithm>

#include "service/notice.h"
#include "service/post.h"
#include "store/transfer_table.h"

namespace couvert {
namespace {

using namespace std::chrono_literals;

constexpr std::string_view server_key = "wrong passwords";

std::string recipient_of(const Trier& trier) {
  return trier.recipient.seal_id.text() + "." + std::to_string(trier.recipient.position);
}

std::string own_key(const Trier& trier) {
  return "password " + recipient_of(trier) + " " + (trier.proven ? "proven" : trier.network);
}

std::string recipient_key(const Trier& trier) {
  return "wrong passwords of " + recipient_of(trier);
}

std::string network_key(const Trier& trier) {
  return "wrong passwords from " + trier.network;
}

Duration delay_after(std::int64_t failures, Duration delay_max) {
  if (failures < limits::free_wrong_passwords) return Duration(0);
  Duration delay = limits::wrong_password_delay;
  for (std::int64_t i = limits::free_wrong_passwords; i < failures && delay < delay_max; ++i) {
    delay *= 2;
  }
  return std::min(delay, delay_max);
}

// Adds to each count that strangers share.
Result<> add_to_counters(Transaction& tx, const Trier& trier, Instant hour, std::int64_t amount) {
  for (const std::string& key :
       {recipient_key(trier), network_key(trier), std::string(server_key)}) {
    const Result<std::int64_t> sum = add_to_counter(tx, key, hour, amount);
    if (!sum) return pass(sum);
  }
  return Result<>();
}

}  // namespace

bool has_too_many(const Tries& tries) {
  return tries.of_recipient >= limits::wrong_passwords_per_recipient_max;
}

Result<Tries> tries_of(Transaction& tx, const Trier& trier, Instant now) {
  Tries tries;
  const Result<Attempts> own = attempts_of(tx, own_key(trier));
  if (!own) return pass(own);
  tries.own = *own;
  if (trier.proven) return tries;
  const Result<std::int64_t> of_recipient =
      sum_of_counter(tx, recipient_key(trier), hour_of(now - 24h));
  if (!of_recipient) return pass(of_recipient);
  tries.of_recipient = *of_recipient;
  const Result<std::int64_t> of_network = read_counter(tx, network_key(trier), hour_of(now));
  if (!of_network) return pass(of_network);
  tries.of_network = *of_network;
  const Result<std::int64_t> of_server = read_counter(tx, server_key, hour_of(now));
  if (!of_server) return pass(of_server);
  tries.of_server = *of_server;
  return tries;
}

Result<> admit(const Tries& tries, const Trier& trier, Instant now) {
  const bool needs_proof = has_too_many(tries) ||
                           tries.of_network >= limits::wrong_passwords_per_network_max ||
                           tries.of_server >= limits::wrong_passwords_per_server_max;
  if (needs_proof && !trier.proven) return fail(ErrorCode::refused, "code_needed");
  const Duration delay_max =
      trier.proven ? limits::proven_password_delay_max : limits::wrong_password_delay_max;
  const Duration delay = delay_after(tries.own.failures, delay_max);
  // A clock that was set back makes nobody wait longer than that.
  const Duration wait = std::min(tries.own.last + delay - now, delay);
  if (wait <= Duration(0)) return Result<>();
  const auto seconds = std::chrono::ceil<std::chrono::seconds>(wait);
  return fail(ErrorCode::throttled, std::to_string(seconds.count()));
}

Result<Tries> count_try(Transaction& tx, const Trier& trier, Instant now) {
  Result<Tries> tries = tries_of(tx, trier, now);
  if (!tries) return pass(tries);
  const Result<> admitted = admit(*tries, trier, now);
  if (!admitted) return pass(admitted);
  const Result<> counted = add_attempt(tx, own_key(trier), now);
  if (!counted) return pass(counted);
  if (trier.proven) return tries;
  const Result<> added = add_to_counters(tx, trier, hour_of(now), 1);
  if (!added) return pass(added);
  ++tries->of_recipient;
  return tries;
}

Result<> forgive_try(Transaction& tx, const Trier& trier, Instant counted) {
  const Result<> cleared = clear_attempts(tx, own_key(trier));
  if (!cleared || trier.proven) return cleared;
  return add_to_counters(tx, trier, hour_of(counted), -1);
}

Result<bool> warn_sender(const Parts& parts, Transaction& tx, const Trier& trier) {
  const Instant now = parts.clock.now();
  const Result<Tries> tries = tries_of(tx, trier, now);
  if (!tries) return pass(tries);
  if (!has_too_many(*tries)) return false;
  const SealId& seal_id = trier.recipient.seal_id;
  const Result<std::optional<Transfer>> transfer = find_transfer(tx, seal_id);
  if (!transfer) return pass(transfer);
  // Revoked or expired in between: there is nothing left to warn of.
  if (!*transfer || (*transfer)->state != TransferState::sealed) return false;
  const Result<bool> first = set_warned(tx, seal_id, now);
  if (!first || !*first) return first;
  const Result<Notice> notice = open_transfer_notice(parts, **transfer);
  if (!notice) return pass(notice);
  WrongPasswordsMail mail;
  mail.language = notice->language;
  mail.recipient = trier.recipient.address;
  mail.tracking_id = (*transfer)->tracking_id;
  mail.expires = (*transfer)->end;
  mail.count = static_cast<int>(tries->of_recipient);
  const Result<> posted = post(
      parts, tx,
      {MailKind::wrong_passwords, (*transfer)->sender, mail, seal_id, trier.recipient.position});
  if (!posted) return pass(posted);
  return true;
}

}  // namespace couvert
