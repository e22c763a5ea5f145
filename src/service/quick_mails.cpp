#include "service/quick_mails.h"

#include "base/limits.h"
#include "service/post.h"
#include "store/counter_table.h"
#include "store/quick_pair_table.h"

namespace couvert {
namespace {

Result<> tell(const Parts& parts, Transaction& tx, const Address& to, QuickMail mail) {
  mail.link = parts.settings.base_url + "/quick";
  return post(parts, tx, {MailKind::quick, to, std::move(mail), std::nullopt, -1});
}

// Whether contacts may be told of this person once more today.
Result<bool> may_warn(Transaction& tx, const Address& about, Instant now) {
  const Instant day = std::chrono::floor<std::chrono::days>(now);
  // An address alone could be longer than a counter's key.
  const std::string key = "quick of " + about.text.substr(0, 150);
  const Result<std::int64_t> told = add_to_counter(tx, key, day, 1);
  if (!told) return pass(told);
  return *told <= limits::quick_warnings_per_day;
}

Result<> tell_of_reset(const Parts& parts, Transaction& tx, const QuickResetRow& reset) {
  const Result<bool> deleted = delete_quick_reset(tx, reset.address);
  if (!deleted) return pass(deleted);
  if (!*deleted) return {};  // another node was faster
  const QuickMail mail{reset.language, QuickEvent::reset, reset.address, {}, reset.since, {}};
  const Result<> told = tell(parts, tx, reset.address, mail);
  if (!told) return told;
  return tell_contacts(parts, tx, reset.address, QuickEvent::removed);
}

}  // namespace

Result<> tell_person(const Parts& parts, Transaction& tx, const QuickPersonRow& person,
                     QuickEvent event, const std::string& device) {
  return tell(parts, tx, person.address,
              {person.language, event, person.address, device, parts.clock.now(), {}});
}

Result<> tell_contact(const Parts& parts, Transaction& tx, const QuickPersonRow& person,
                      QuickEvent event, const Address& about) {
  return tell(parts, tx, person.address,
              {person.language, event, about, {}, parts.clock.now(), {}});
}

Result<> tell_contacts(const Parts& parts, Transaction& tx, const Address& about,
                       QuickEvent event) {
  const Result<bool> may = may_warn(tx, about, parts.clock.now());
  if (!may) return pass(may);
  if (!*may) return {};
  const Result<std::vector<QuickPersonRow>> contacts = quick_contacts_of(tx, about);
  if (!contacts) return pass(contacts);
  for (const QuickPersonRow& contact : *contacts) {
    const Result<> told = tell_contact(parts, tx, contact, event, about);
    if (!told) return told;
  }
  return {};
}

Result<> reset_quick(Transaction& tx, const Address& address, Instant now) {
  const Result<std::optional<QuickPersonRow>> person = find_quick_person(tx, address);
  if (!person) return pass(person);
  if (!person->has_value()) return fail(ErrorCode::denied, "nobody of QUICK");
  const Result<> ended = end_quick_person(tx, address);
  if (!ended) return ended;
  return put_quick_reset(tx, {address, (*person)->language, now});
}

Result<std::size_t> tell_resets(const Parts& parts) {
  const auto resets = parts.database.read_value(
      [](Transaction& tx) { return quick_resets(tx, limits::quick_resets_per_round_max); });
  if (!resets) return pass(resets);
  for (const QuickResetRow& reset : *resets) {
    const Result<> told =
        parts.database.write([&](Transaction& tx) { return tell_of_reset(parts, tx, reset); });
    if (!told) return pass(told);
  }
  return resets->size();
}

}  // namespace couvert
