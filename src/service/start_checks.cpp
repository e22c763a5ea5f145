#include "service/start_checks.h"

#include <algorithm>
#include <map>
#include <set>

#include "base/json.h"
#include "store/quick_table.h"

namespace couvert {
namespace {

Result<> tidy_line(std::string& text, std::size_t bytes_max) {
  Result<std::string> line = check_line(text, bytes_max);
  if (!line) return pass(line);
  text = std::move(*line);
  return Result<>();
}

Result<> tidy_text(std::string& text, std::size_t bytes_max) {
  Result<std::string> checked = check_text(text, bytes_max);
  if (!checked) return pass(checked);
  wipe(text);
  text = std::move(*checked);
  return Result<>();
}

// Each address once; the first mention decides whether it is To, Cc or Bcc.
Result<> tidy_recipients(std::vector<StartRecipient>& recipients) {
  std::set<std::string> seen;
  std::vector<StartRecipient> unique;
  for (StartRecipient& recipient : recipients) {
    const Result<Address> address = parse_address(recipient.address);
    if (!address) return fail(ErrorCode::refused, "invalid_address " + recipient.address);
    if (!seen.insert(address->text).second) continue;
    recipient.address = address->text;
    unique.push_back(std::move(recipient));
  }
  recipients = std::move(unique);
  if (recipients.empty()) return fail(ErrorCode::invalid, "a transfer needs a recipient");
  return Result<>();
}

Result<> check_end(const StartRequest& request, const Allowance& allowance, Instant now) {
  const Instant latest = latest_end(now, allowance);
  // Where the days are fixed, a clock or a time zone may be a day off in either direction.
  const Instant soonest =
      allowance.days_editable ? now + std::chrono::minutes(1) : latest - std::chrono::hours(48);
  if (request.expires > soonest && request.expires <= latest) return {};
  return fail(ErrorCode::refused, "life");
}

// What a recipient needs to open: a keyslot of its own, or the password that others know, too.
Result<> check_way_in(const StartRequest& request, const StartRecipient& recipient) {
  const bool is_link = request.open_by == OpenBy::link;
  if (request.open_by == OpenBy::quick && !recipient.envelope) {
    return fail(ErrorCode::invalid, "a recipient's envelope is missing");
  }
  if (is_link && recipient.envelope) return fail(ErrorCode::invalid, "a link has no envelope");
  const bool is_own = is_link || recipient.envelope;
  if (recipient.slot_id.has_value() != is_own || recipient.secret.has_value() != is_own) {
    return fail(ErrorCode::invalid, "slot ID and secret belong to a link or an envelope");
  }
  return {};
}

Result<> check_slots(const StartRequest& request) {
  std::set<std::string> slots = {request.slot_id.text()};
  for (const StartRecipient& recipient : request.recipients) {
    const Result<> way_in = check_way_in(request, recipient);
    if (!way_in) return way_in;
    if (recipient.slot_id && !slots.insert(recipient.slot_id->text()).second) {
      return fail(ErrorCode::invalid, "a slot ID is used twice");
    }
  }
  if (request.open_by != OpenBy::password) {
    if (request.invitation) return fail(ErrorCode::invalid, "a password protects an invitation");
    return {};
  }
  const bool is_needed = std::ranges::any_of(
      request.recipients, [](const StartRecipient& one) { return !one.envelope; });
  return is_needed ? Result<>() : fail(ErrorCode::invalid, "nobody needs the password");
}

bool has_quick(const StartRequest& request) {
  return request.invitation || std::ranges::any_of(request.recipients, [](const auto& one) {
           return one.envelope.has_value();
         });
}

// Whether the sender may use QUICK is the policy's word; whether it can, the table's.
Result<> check_quick(Transaction& tx, const Address& sender, const StartRequest& request) {
  if (!has_quick(request)) return {};
  const Result<std::optional<QuickPersonRow>> person = find_quick_person(tx, sender);
  if (!person) return pass(person);
  if (!person->has_value()) return fail(ErrorCode::invalid, "a sender without QUICK");
  if (request.invitation && request.invitation->key != (*person)->public_key) {
    return fail(ErrorCode::invalid, "an invitation with another key than its sender's");
  }
  return {};
}

Result<> check_ways_in(const StartRequest& request, const Allowance& allowance) {
  if (has_quick(request) && allowance.quick == QuickPreset::never) {
    return fail(ErrorCode::refused, "quick_not_allowed");
  }
  if (request.open_by == OpenBy::quick) return {};
  if (request.open_by == OpenBy::link) {
    if (!allowance.link_allowed) return fail(ErrorCode::refused, "link_not_allowed");
    return {};
  }
  const bool is_generated = request.password_mode == PasswordMode::generated;
  if (is_generated && !allowance.generated_passwords) {
    return fail(ErrorCode::refused, "generated_password");
  }
  if (!is_generated && !allowance.own_passwords) return fail(ErrorCode::refused, "own_password");
  if (!is_generated && request.invitation && !allowance.invitation_own_passwords) {
    return fail(ErrorCode::refused, "invitation_password");
  }
  return {};
}

}  // namespace

Result<> tidy(StartRequest& request) {
  for (const auto& [text, bytes_max] :
       {std::pair(&request.name, limits::name_bytes_max),
        std::pair(&request.phone, limits::phone_bytes_max),
        std::pair(&request.subject, limits::subject_bytes_max),
        std::pair(&request.notification_subject, limits::subject_bytes_max)}) {
    const Result<> line = tidy_line(*text, bytes_max);
    if (!line) return pass(line);
  }
  if (request.name.empty()) return fail(ErrorCode::invalid, "the sender's name is missing");
  const Result<> message = tidy_text(request.text, limits::message_bytes_max);
  if (!message) return pass(message);
  const Result<> note = tidy_text(request.notification_text, limits::notification_bytes_max);
  if (!note) return pass(note);
  const Result<> recipients = tidy_recipients(request.recipients);
  if (!recipients) return recipients;
  return check_slots(request);
}

std::string fingerprint(const StartRequest& request) {
  Json::Array recipients;
  for (const StartRecipient& recipient : request.recipients) {
    // An envelope stays under the coat alone: what the first one holds fits its keyslot.
    recipients.emplace_back(
        Json::Object{{"address", Json(recipient.address)},
                     {"kind", Json(name_of(recipient.kind))},
                     {"slot_id", recipient.slot_id ? Json(recipient.slot_id->text()) : Json()}});
  }
  // Sorted: the same files in another order are no other request.
  auto by_number = request.files;
  std::ranges::sort(by_number);
  Json::Array files;
  for (const auto& [no, size] : by_number) {
    files.emplace_back(Json::Array{Json(std::int64_t{no}), Json(static_cast<std::int64_t>(size))});
  }
  Json::Object fields = {{"recipients", Json(std::move(recipients))},
                         {"files", Json(std::move(files))},
                         {"expires", Json(to_unix(request.expires))},
                         {"language", Json(name_of(request.language))},
                         {"open_by", Json(name_of(request.open_by))},
                         {"slot_id", Json(request.slot_id.text())},
                         {"notify_delivery", Json(request.notify_delivery)},
                         {"notify_download", Json(request.notify_download)},
                         {"show_file_names", Json(request.show_file_names)}};
  if (request.notify == Notify::none) fields.emplace_back("notify", Json("none"));
  return Json(std::move(fields)).write();
}

Result<> check_options(const StartRequest& request, const Allowance& allowance, Instant now) {
  const Result<> end = check_end(request, allowance, now);
  if (!end) return end;
  const Result<> ways = check_ways_in(request, allowance);
  if (!ways) return ways;
  std::uint64_t bytes = 0;
  for (const auto& [no, size] : request.files) bytes += size;
  if (bytes > allowance.transfer_bytes_max) return fail(ErrorCode::too_large, "size");
  if (request.phone.empty() && allowance.phone_required) {
    return fail(ErrorCode::refused, "phone_required");
  }
  if (request.text.empty() && allowance.message_required) {
    return fail(ErrorCode::refused, "message_required");
  }
  const bool edited = !request.notification_subject.empty() || !request.notification_text.empty();
  if (edited && !allowance.notification_editable) {
    return fail(ErrorCode::refused, "notification_fixed");
  }
  if (request.notify == Notify::none && !allowance.client_mail) {
    return fail(ErrorCode::refused, "client_mail_not_allowed");
  }
  if (request.open_by == OpenBy::password && !request.password) {
    return fail(ErrorCode::invalid, "a password is missing");
  }
  if (request.files.empty() && request.text.empty()) {
    return fail(ErrorCode::invalid, "a transfer needs a message or a file");
  }
  return Result<>();
}

Result<Allowance> check_recipients(const Parts& parts, Transaction& tx,
                                   const TransferQuestion& question, const StartRequest& request) {
  const Result<> quick = check_quick(tx, question.from, request);
  if (!quick) return pass(quick);
  const Result<Policy> policy = read_policy(tx);
  if (!policy) return pass(policy);
  Decisions all;
  for (const StartRecipient& recipient : request.recipients) {
    const auto verdict = ask_for(tx, *policy, question, Address{recipient.address});
    if (!verdict) return pass(verdict);
    if (!verdict->allowed) {
      return fail(ErrorCode::refused,
                  std::string(name_of(verdict->refusal)) + " " + recipient.address);
    }
    tighten(all, verdict->settings);
  }
  return allowance_of(parts.settings.allowance, all);
}

void fix_options(StartRequest& request, const Allowance& allowance) {
  for (const auto& [preset, chosen] :
       {std::pair(allowance.show_file_names, &request.show_file_names),
        std::pair(allowance.notify_delivery, &request.notify_delivery),
        std::pair(allowance.notify_download, &request.notify_download)}) {
    if (is_fixed(preset)) *chosen = is_on(preset);
  }
}

Result<std::vector<OpenedFile>> take_files(const StartRequest& request,
                                           std::vector<OpenedFile> files) {
  const auto differ = [] { return fail(ErrorCode::conflict, "files_differ"); };
  if (request.files.size() != files.size()) return differ();
  std::map<std::uint32_t, OpenedFile> by_number;
  for (OpenedFile& file : files) by_number.emplace(file.row.no, std::move(file));
  std::vector<OpenedFile> taken;
  taken.reserve(request.files.size());
  for (const auto& [no, size] : request.files) {
    auto found = by_number.extract(no);  // a number that is named twice is not found again
    if (found.empty()) return differ();
    const FileRow& row = found.mapped().row;
    if (row.bytes != size || row.offset != row.bytes) return differ();
    taken.push_back(std::move(found.mapped()));
  }
  return taken;
}

}  // namespace couvert
