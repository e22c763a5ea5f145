#include "service/change_sent.h"

#include <algorithm>
#include <functional>
#include <utility>

#include "service/ask_policy.h"
#include "service/ending_mails.h"
#include "service/live_slot.h"
#include "service/notification.h"
#include "service/post.h"
#include "service/repeat.h"
#include "store/counter_table.h"
#include "store/outbox_table.h"
#include "store/quick_table.h"

namespace couvert {
namespace {

using namespace std::chrono_literals;

// A transfer under change, within its transaction: what save() writes back.
struct Changing {
  const Parts& parts;
  Transaction& tx;
  Transfer transfer;
  Notice notice;
  Instant now;
  const std::optional<IpAddress>& client;  // of who asks
};

using Change = std::function<Result<>(Changing&)>;

Result<> save(Changing& changing) {
  Result<std::string> notice =
      seal_transfer_notice(changing.parts, changing.transfer, changing.notice);
  if (!notice) return pass(notice);
  changing.transfer.notice = std::move(*notice);
  return update_transfer(changing.tx, changing.transfer);
}

// Runs `change` on a live transfer of the caller's, in one transaction.
Result<> change_sent(const Parts& parts, const SentKey& key, const Change& change) {
  const Result<Transfer> sent = find_sent(parts, key.caller, key.tracking_id);
  if (!sent) return pass(sent);
  return parts.database.write([&](Transaction& tx) -> Result<> {
    Result<std::optional<Transfer>> transfer = find_transfer(tx, sent->seal_id);
    if (!transfer) return pass(transfer);
    const Instant now = parts.clock.now();
    const auto done = done_before(tx, key.caller, sent->seal_id, now);
    if (!done) return pass(done);
    if (done->has_value()) return Result<>();
    if (!is_live(*transfer, now)) return fail(ErrorCode::conflict, "ended");
    Result<Notice> notice = open_transfer_notice(parts, **transfer);
    if (!notice) return pass(notice);
    Changing changing{
        parts, tx, std::move(**transfer), std::move(*notice), now, key.caller.address};
    const Result<> changed = change(changing);
    if (!changed) return pass(changed);
    const Result<> noted = note_done(tx, key.caller, sent->seal_id, {0, now});
    if (!noted) return pass(noted);
    return save(changing);
  });
}

Result<Recipient> recipient_at(Changing& changing, int recipient_no) {
  Result<std::optional<Recipient>> found =
      find_recipient_at(changing.tx, changing.transfer.seal_id, recipient_no);
  if (!found) return pass(found);
  if (!found->has_value()) return fail(ErrorCode::denied, "no such recipient");
  const auto position = static_cast<std::size_t>((*found)->position);
  const bool agrees = position < changing.notice.recipients.size() &&
                      changing.notice.recipients[position].address == (*found)->address;
  if (!agrees) return fail(ErrorCode::damaged, "a recipient differs from its transfer's notice");
  return std::move(**found);
}

Result<Recipient> live_recipient_at(Changing& changing, int recipient_no) {
  Result<Recipient> recipient = recipient_at(changing, recipient_no);
  if (recipient && recipient->revoked) return fail(ErrorCode::conflict, "revoked");
  return recipient;
}

// Its transfer ID becomes one that nobody was told; own keyslot, sessions and waiting mail go.
Result<> take_back(Changing& changing, Recipient recipient) {
  const std::vector<Recipient> from = {recipient};
  const Result<> told =
      tell_recipients(changing.parts, changing.tx, {changing.transfer, changing.notice, from});
  if (!told) return told;
  const TransferId untold = TransferId::make(changing.parts.random);
  changing.notice.recipients[static_cast<std::size_t>(recipient.position)].transfer_id = untold;
  recipient.transfer_id_hash = hash_of(untold);
  recipient.revoked = changing.now;
  const Result<> updated = update_recipient(changing.tx, recipient);
  if (!updated) return pass(updated);
  const Result<> closed = delete_keyslots_at(changing.tx, recipient.seal_id, recipient.position);
  if (!closed) return pass(closed);
  return delete_notification(changing.tx, recipient.seal_id, recipient.position);
}

// A link or envelope and the transfer's keys, for a keyslot of its own; null where none is made.
struct LinkKeys {
  const NewLink& link;
  OpenedKeyslot keys;
};
using MaybeLink = std::optional<LinkKeys>;

// What brings a recipient another keyslot: a link told once more ends in another secret; an
// envelope lies here.
enum class Wish { mail_again, newcomer };

// Before the transaction: opening a keyslot reads the database, too.
Result<MaybeLink> open_link_keys(const Parts& parts, const SentKey& key,
                                 const std::optional<NewLink>& link, Wish wish) {
  const Result<Transfer> transfer = find_sent(parts, key.caller, key.tracking_id);
  if (!transfer) return pass(transfer);
  const bool is_quick = transfer->open_by == OpenBy::quick && wish == Wish::newcomer;
  const bool has_envelope = link && link->envelope;
  if (has_envelope && !is_quick) return fail(ErrorCode::invalid, "an envelope for nobody");
  if (transfer->open_by != OpenBy::link && !is_quick) return MaybeLink();
  if (!is_live(*transfer, parts.clock.now())) return fail(ErrorCode::conflict, "ended");
  if (!link || !key.held) return fail(ErrorCode::invalid, "a link lacks its secret");
  if (is_quick && !has_envelope) return fail(ErrorCode::invalid, "an envelope is missing");
  Result<OpenedKeyslot> keys = open_held(parts, key.caller, *transfer, *key.held);
  if (!keys) return pass(keys);
  return MaybeLink(LinkKeys{*link, std::move(*keys)});
}

// What the mail's link ends in.
const Secret<32>* secret_of(const MaybeLink& link) {
  return link && !link->link.envelope ? &link->link.secret : nullptr;
}

Result<> insert_link(Changing& changing, const Recipient& recipient, const MaybeLink& link) {
  if (!link) return Result<>();
  const std::optional<QuickEnvelope>& envelope = link->link.envelope;
  const KeyslotForm form = envelope ? KeyslotForm{KeyslotKind::quick, *envelope}
                                    : KeyslotForm{KeyslotKind::link, std::monostate()};
  const KeyslotUse use = envelope ? KeyslotUse::quick : KeyslotUse::link;
  Result<KeyslotRow> row =
      make_keyslot(changing.parts, changing.transfer,
                   {use, form, link->link.slot_id, link->link.secret, link->keys});
  if (!row) return pass(row);
  row->position = recipient.position;
  return insert_keyslot(changing.tx, *row);
}

Result<> post_notification(Changing& changing, const Recipient& recipient, const MaybeLink& link) {
  const auto position = static_cast<std::size_t>(recipient.position);
  const Result<OpenBy> open_by = open_by_of(changing.tx, changing.transfer, recipient);
  if (!open_by) return pass(open_by);
  const WayIn way{changing.notice.recipients[position].transfer_id, *open_by, secret_of(link)};
  return post(changing.parts, changing.tx,
              {MailKind::notification, recipient.address,
               notification_of(changing.parts, changing.transfer, changing.notice, way),
               recipient.seal_id, recipient.position});
}

// As at Start: whoever seals envelopes has activated QUICK.
Result<> check_quick_sender(Changing& changing, const MaybeLink& link) {
  if (!link || !link->link.envelope) return Result<>();
  const auto person = find_quick_person(changing.tx, changing.transfer.sender);
  if (!person) return pass(person);
  return person->has_value() ? Result<>() : fail(ErrorCode::invalid, "a sender without QUICK");
}

// The keyslot of those who share a password.
Result<SlotId> password_slot(Changing& changing) {
  const Result<std::vector<KeyslotRow>> rows = keyslots_of(changing.tx, changing.transfer.seal_id);
  if (!rows) return pass(rows);
  const auto found = std::ranges::find(*rows, KeyslotUse::password, &KeyslotRow::use);
  if (found == rows->end()) return fail(ErrorCode::damaged, "a password without its keyslot");
  return found->slot_id;
}

// A new recipient behind the others, of the kind that `like` was.
Result<> add_recipient(Changing& changing, const Recipient& like, const Address& address,
                       const MaybeLink& link) {
  const TransferId id = TransferId::make(changing.parts.random);
  Recipient recipient;
  recipient.seal_id = like.seal_id;
  recipient.position = static_cast<int>(changing.notice.recipients.size());
  recipient.address = address;
  recipient.kind = like.kind;
  recipient.transfer_id_hash = hash_of(id);
  const Result<SlotId> slot = link ? link->link.slot_id : password_slot(changing);
  if (!slot) return pass(slot);
  recipient.slot_id = *slot;
  changing.notice.recipients.push_back({address, id});
  const Result<> inserted = insert_recipient(changing.tx, recipient);
  if (!inserted) return pass(inserted);
  const Result<> opens = insert_link(changing, recipient, link);
  if (!opens) return pass(opens);
  return post_notification(changing, recipient, link);
}

// Whether it invites to QUICK, or somebody opens it by that.
Result<bool> uses_quick(Changing& changing) {
  if (changing.notice.invites || changing.transfer.open_by == OpenBy::quick) return true;
  const Result<std::vector<KeyslotRow>> rows = keyslots_of(changing.tx, changing.transfer.seal_id);
  if (!rows) return pass(rows);
  return std::ranges::find(*rows, KeyslotUse::quick, &KeyslotRow::use) != rows->end();
}

// What is sealed already has to be what the rules for a further recipient allow.
Result<> check_settings(Changing& changing, const Allowance& allowance) {
  const Transfer& transfer = changing.transfer;
  const Result<bool> quick = uses_quick(changing);
  if (!quick) return pass(quick);
  if (*quick && allowance.quick == QuickPreset::never) {
    return fail(ErrorCode::refused, "quick_not_allowed");
  }
  if (transfer.open_by == OpenBy::link && !allowance.link_allowed) {
    return fail(ErrorCode::refused, "link_not_allowed");
  }
  if (transfer.end > latest_end(transfer.started, allowance)) {
    return fail(ErrorCode::refused, "life");
  }
  const bool edited = !changing.notice.subject.empty() || !changing.notice.text.empty();
  if (edited && !allowance.notification_editable) {
    return fail(ErrorCode::refused, "notification_fixed");
  }
  if (changing.notice.phone.empty() && allowance.phone_required) {
    return fail(ErrorCode::refused, "phone_required");
  }
  const Result<FileTotals> files = file_totals(changing.tx, transfer.seal_id);
  if (!files) return pass(files);
  if (std::cmp_greater(files->bytes, allowance.transfer_bytes_max))
    return fail(ErrorCode::too_large, "size");
  return Result<>();
}

// What the rules for a further recipient fix, the strictest of all holds for the whole transfer.
void fix_options(Changing& changing, const Allowance& allowance) {
  if (allowance.show_file_names == Preset::never) {
    changing.transfer.show_file_names = false;
    changing.notice.file_names.clear();
  }
  if (allowance.notify_delivery == Preset::always) changing.transfer.notify_delivery = true;
  if (allowance.notify_download == Preset::always) changing.transfer.notify_download = true;
}

Result<> take_newcomer(Changing& changing, const Address& address) {
  const Result<std::vector<Recipient>> all = recipients_of(changing.tx, changing.transfer.seal_id);
  if (!all) return pass(all);
  if (all->size() >= limits::recipients_max) return fail(ErrorCode::too_large, "recipients");
  for (const Recipient& one : *all) {
    if (one.revoked || one.address != address) continue;
    return fail(ErrorCode::conflict, "already_recipient");
  }
  const Result<Policy> policy = read_policy(changing.tx);
  if (!policy) return pass(policy);
  const PolicyVerdict verdict =
      policy->decide({changing.transfer.sender, address, changing.client, false});
  if (!verdict.allowed) {
    return fail(ErrorCode::refused, std::string(name_of(verdict.refusal)) + " " + address.text);
  }
  const Allowance allowance = allowance_of(changing.parts.settings.allowance, verdict.settings);
  const Result<> fits = check_settings(changing, allowance);
  if (fits) fix_options(changing, allowance);
  return fits;
}

// Whoever was denied since gets no second mail.
Result<> check_not_denied(Changing& changing, const Address& address) {
  const Result<Policy> policy = read_policy(changing.tx);
  if (!policy) return pass(policy);
  const PolicyVerdict verdict =
      policy->decide({changing.transfer.sender, address, changing.client, true});
  if (verdict.allowed) return Result<>();
  return fail(ErrorCode::refused, std::string(name_of(verdict.refusal)) + " " + address.text);
}

// Nobody is to be flooded by a page's button.
Result<> count_mail(Changing& changing, const Recipient& recipient) {
  const Instant day = std::chrono::floor<std::chrono::days>(changing.now);
  const std::string key =
      "mails again " + recipient.seal_id.text() + "." + std::to_string(recipient.position);
  const Result<std::int64_t> sum = add_to_counter(changing.tx, key, day, 1);
  if (!sum) return pass(sum);
  if (*sum <= limits::mails_again_per_day_max) return Result<>();
  const auto rest = std::chrono::ceil<std::chrono::seconds>(day + 24h - changing.now);
  return fail(ErrorCode::throttled, std::to_string(rest.count()));
}

// All ways in get the coat of the new end's day.
Result<> recoat(Changing& changing, const Transfer& before) {
  const Result<std::vector<KeyslotRow>> rows = keyslots_of(changing.tx, before.seal_id);
  if (!rows) return pass(rows);
  const Result<DayKey> day_key = changing.parts.day_keys.key(day_of(changing.transfer.end));
  if (!day_key) return pass(day_key);
  for (KeyslotRow row : *rows) {
    const Result<Keyslot> keyslot = uncoat(changing.parts, before, row);
    if (!keyslot) return pass(keyslot);
    const SlotPlace place{scope_of(before), row.slot_id};
    row.stored = seal_coat(*keyslot, **day_key, place, changing.parts.random);
    const bool is_session = row.use == KeyslotUse::session;
    row.end = is_session ? std::min(row.end, changing.transfer.end) : changing.transfer.end;
    const Result<> stored = recoat_keyslot(changing.tx, row);
    if (!stored) return pass(stored);
  }
  return Result<>();
}

Result<std::vector<Recipient>> recipients_with_it(Transaction& tx, const SealId& id) {
  Result<std::vector<Recipient>> all = recipients_of(tx, id);
  if (all) std::erase_if(*all, [](const Recipient& one) { return one.revoked.has_value(); });
  return all;
}

Result<> tell_revoked(const Parts& parts, Transaction& tx, const Transfer& transfer,
                      const std::vector<Recipient>& from) {
  const Result<Notice> notice = open_transfer_notice(parts, transfer);
  if (!notice) return pass(notice);
  const Revocation revocation{transfer, *notice, from};
  const Result<> told = tell_recipients(parts, tx, revocation);
  if (!told) return told;
  return tell_sender(parts, tx, revocation);
}

}  // namespace

Result<> ChangeSent::revoke(const Caller& caller, const TrackingId& id) {
  const Result<Transfer> sent = find_sent(parts_, caller, id);
  if (!sent) return pass(sent);
  const Result<> done = parts_.database.write([&](Transaction& tx) -> Result<> {
    Result<std::optional<Transfer>> current = find_transfer(tx, sent->seal_id);
    if (!current) return pass(current);
    if (!current->has_value()) return Result<>();
    const Result<TransferState> next = next_state((*current)->state, TransferEvent::revoke);
    if (!next) return Result<>();  // it has ended
    const Result<std::vector<Recipient>> had = recipients_with_it(tx, (*current)->seal_id);
    if (!had) return pass(had);
    const Result<> told = tell_revoked(parts_, tx, **current, *had);
    if (!told) parts_.log.failure("revocation not told", told.error());
    (*current)->state = *next;
    (*current)->revoked = parts_.clock.now();
    const Result<> updated = update_transfer(tx, **current);
    if (!updated) return pass(updated);
    const Result<> unsent = delete_mails_of(tx, (*current)->seal_id);
    if (!unsent) return pass(unsent);
    return delete_keyslots(tx, (*current)->seal_id);
  });
  if (done) parts_.wake_outbox();
  return done;
}

Result<> ChangeSent::revoke_recipient(const SentKey& key, int recipient_no) {
  const Result<> done = change_sent(parts_, key, [&](Changing& changing) -> Result<> {
    const Result<Recipient> recipient = recipient_at(changing, recipient_no);
    if (!recipient) return pass(recipient);
    if (recipient->revoked) return Result<>();
    const std::vector<Recipient> from = {*recipient};
    const Result<> told =
        tell_sender(parts_, changing.tx, {changing.transfer, changing.notice, from});
    if (!told) return told;
    return take_back(changing, *recipient);
  });
  if (done) parts_.wake_outbox();
  return done;
}

Result<> ChangeSent::replace(const SentKey& key, int recipient_no, const std::string& typed,
                             const std::optional<NewLink>& link) {
  const Result<Address> address = parse_address(typed);
  if (!address) return fail(ErrorCode::refused, "invalid_address " + typed);
  const Result<MaybeLink> keys = open_link_keys(parts_, key, link, Wish::newcomer);
  if (!keys) return pass(keys);
  const Result<> done = change_sent(parts_, key, [&](Changing& changing) -> Result<> {
    const Result<Recipient> recipient = live_recipient_at(changing, recipient_no);
    if (!recipient) return pass(recipient);
    const Result<> active = check_quick_sender(changing, *keys);
    if (!active) return pass(active);
    const Result<> welcome = take_newcomer(changing, *address);
    if (!welcome) return pass(welcome);
    const Result<> gone = take_back(changing, *recipient);
    if (!gone) return pass(gone);
    return add_recipient(changing, *recipient, *address, *keys);
  });
  if (done) parts_.wake_outbox();
  return done;
}

Result<> ChangeSent::send_again(const SentKey& key, int recipient_no,
                                const std::optional<NewLink>& link) {
  const Result<MaybeLink> keys = open_link_keys(parts_, key, link, Wish::mail_again);
  if (!keys) return pass(keys);
  const Result<> done = change_sent(parts_, key, [&](Changing& changing) -> Result<> {
    Result<Recipient> recipient = live_recipient_at(changing, recipient_no);
    if (!recipient) return pass(recipient);
    const Result<> welcome = check_not_denied(changing, recipient->address);
    if (!welcome) return pass(welcome);
    const Result<> counted = count_mail(changing, *recipient);
    if (!counted) return pass(counted);
    if (*keys) {
      const Result<> old = delete_keyslot(changing.tx, recipient->seal_id, recipient->slot_id);
      if (!old) return pass(old);
      recipient->slot_id = (*keys)->link.slot_id;
      const Result<> opens = insert_link(changing, *recipient, *keys);
      if (!opens) return pass(opens);
    }
    recipient->mail = MailState::waiting;
    recipient->mail_settled.reset();
    recipient->mail_answer.clear();
    recipient->bounced.reset();
    const Result<> updated = update_recipient(changing.tx, *recipient);
    if (!updated) return pass(updated);
    const Result<> old = delete_notification(changing.tx, recipient->seal_id, recipient->position);
    if (!old) return pass(old);
    return post_notification(changing, *recipient, *keys);
  });
  if (done) parts_.wake_outbox();
  return done;
}

Result<> ChangeSent::change_end(const SentKey& key, Instant wanted) {
  const Instant end = std::chrono::floor<std::chrono::seconds>(wanted);
  return change_sent(parts_, key, [&](Changing& changing) -> Result<> {
    const auto allowance = allowance_of_sent(parts_, changing.tx, changing.transfer);
    if (!allowance) return pass(allowance);
    const Instant latest = latest_end(changing.transfer.started, *allowance);
    if (end <= changing.now + 1min || end > latest) return fail(ErrorCode::refused, "life");
    const Transfer before = changing.transfer;
    changing.transfer.end = end;
    return recoat(changing, before);
  });
}

}  // namespace couvert
