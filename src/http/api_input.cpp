#include "http/api_input.h"

#include <algorithm>
#include <charconv>
#include <set>

#include "crypto/secret_bytes.h"

namespace couvert {
namespace {

constexpr std::size_t address_typed_bytes_max = 1000;  // of a recipient that may be none
constexpr std::size_t code_typed_bytes_max = 64;
constexpr std::size_t link_secret_bytes_max = 64;

// The texts of an array, each at most so long.
std::vector<std::string> read_texts(ObjectReader& reader, std::string_view name,
                                    const Json::Array& items, std::size_t bytes_max) {
  std::vector<std::string> texts;
  texts.reserve(items.size());
  for (const Json& item : items) {
    const std::string* text = item.string();
    if (text == nullptr || text->size() > bytes_max) {
      reader.refuse(name, "must be texts");
      break;
    }
    texts.push_back(*text);
  }
  return texts;
}

// The subject and text of a notification that the sender has edited; both may be absent.
Result<> read_notification(ObjectReader& reader, std::string& subject, std::string& text) {
  const Json* notification = reader.optional_object("notification");
  if (notification == nullptr) return {};
  ObjectReader edited(*notification);
  subject = edited.optional_string("subject", limits::subject_bytes_max).value_or("");
  text = edited.optional_string("text", limits::notification_bytes_max).value_or("");
  return edited.finish();
}

// A secret in base64url, or none where the field is not there.
std::optional<Secret<32>> read_secret(ObjectReader& reader) {
  std::optional<std::string> text = reader.optional_string("secret", link_secret_bytes_max);
  if (!text) return std::nullopt;
  Result<Secret<32>> secret = secret_from_base64url<32>(*text);
  wipe(*text);
  if (secret) return std::move(*secret);
  reader.refuse("secret", "has a wrong form");
  return std::nullopt;
}

std::optional<QuickEnvelope> read_envelope(ObjectReader& reader) {
  return parsed_if_there(reader, "envelope", parse_base64url<std::tuple_size_v<QuickEnvelope>>);
}

Result<ManifestQuick> read_invitation(const Json& json) {
  ObjectReader reader(json);
  ManifestQuick invitation;
  invitation.key = parsed(reader, "public_key", parse_base64url<65>);
  std::optional<Secret<32>> secret = read_secret(reader);
  if (!secret) reader.refuse("secret", "is missing");
  const Result<> read = reader.finish();
  if (!read) return pass(read);
  invitation.secret = std::move(*secret);
  return invitation;
}

Result<StartRecipient> read_recipient(const Json& json) {
  ObjectReader reader(json);
  StartRecipient recipient;
  recipient.address = reader.string("address", limits::address_bytes_max);
  recipient.kind = parsed<RecipientKind>(reader, "kind", parse_recipient_kind);
  recipient.slot_id = parsed_if_there<SlotId>(reader, "slot_id", SlotId::parse);
  recipient.secret = read_secret(reader);
  recipient.envelope = read_envelope(reader);
  const Result<> read = reader.finish();
  if (!read) return pass(read);
  return recipient;
}

Result<> read_lists(ObjectReader& reader, StartRequest& start) {
  for (const Json& item : reader.array("recipients", limits::recipients_max)) {
    Result<StartRecipient> recipient = read_recipient(item);
    if (!recipient) return pass(recipient);
    start.recipients.push_back(std::move(*recipient));
  }
  for (const Json& item : reader.array("files", limits::files_max)) {
    ObjectReader file(item);
    const auto no = static_cast<std::uint32_t>(file.integer("no", 0, UINT32_MAX));
    const auto size = static_cast<std::uint64_t>(
        file.integer("size", 0, static_cast<std::int64_t>(limits::file_bytes_max)));
    const Result<> read = file.finish();
    if (!read) return pass(read);
    start.files.emplace_back(no, size);
  }
  return read_notification(reader, start.notification_subject, start.notification_text);
}

}  // namespace

Result<CodeRequest> read_code_request(const Json& json) {
  ObjectReader reader(json);
  CodeRequest input;
  input.address = reader.string("address", limits::address_bytes_max);
  input.language = parsed<Language>(reader, "language", language_of);
  input.purpose = parsed_if_there<CodePurpose>(reader, "purpose", parse_code_purpose)
                      .value_or(CodePurpose::any);
  input.client = parsed<ClientKind>(reader, "client", parse_client_kind);
  const Result<> read = reader.finish();
  if (!read) return pass(read);
  return input;
}

Result<ConfirmInput> read_confirmation(const Json& json) {
  ObjectReader reader(json);
  ConfirmInput input{reader.string("address", limits::address_bytes_max),
                     reader.string("code", code_typed_bytes_max),
                     reader.boolean("terms_accepted", false)};
  const Result<> read = reader.finish();
  if (!read) return pass(read);
  return input;
}

Result<RecipientCodeInput> read_recipient_code_request(const Json& json) {
  ObjectReader reader(json);
  RecipientCodeInput input;
  input.transfer_id = parsed<TransferId>(reader, "transfer_id", TransferId::parse);
  input.language = parsed<Language>(reader, "language", language_of);
  input.client = parsed<ClientKind>(reader, "client", parse_client_kind);
  const Result<> read = reader.finish();
  if (!read) return pass(read);
  return input;
}

Result<RecipientConfirmInput> read_recipient_confirmation(const Json& json) {
  ObjectReader reader(json);
  RecipientConfirmInput input{parsed<TransferId>(reader, "transfer_id", TransferId::parse),
                              reader.string("code", code_typed_bytes_max)};
  const Result<> read = reader.finish();
  if (!read) return pass(read);
  return input;
}

Result<PolicyRequest> read_policy_request(const Json& json) {
  ObjectReader reader(json);
  PolicyRequest asked;
  asked.from = parsed<Address>(reader, "from", parse_address);
  asked.reply_to = parsed_if_there<TransferId>(reader, "reply_to", TransferId::parse);
  const Json::Array& recipients = reader.array("recipients", limits::recipients_max);
  asked.recipients = read_texts(reader, "recipients", recipients, address_typed_bytes_max);
  const Result<> read = reader.finish();
  if (!read) return pass(read);
  return asked;
}

Result<> read_password(const Json& json, PasswordInput& out) {
  ObjectReader reader(json);
  out.password = reader.string("password", limits::password_bytes_max);
  PasswordRules& rules = out.rules;
  rules.length_min =
      static_cast<int>(reader.optional_integer("length_min", 8, 64).value_or(rules.length_min));
  rules.upper_and_lower = reader.boolean("upper_and_lower", rules.upper_and_lower);
  rules.digits = reader.boolean("digits", rules.digits);
  rules.special = reader.boolean("special", rules.special);
  rules.no_word = reader.boolean("no_word", rules.no_word);
  return reader.finish();
}

Result<PreviewRequest> read_preview_request(const Json& json) {
  ObjectReader reader(json);
  PreviewRequest asked;
  asked.from = parsed<Address>(reader, "from", parse_address);
  asked.name = reader.string("name", limits::name_bytes_max);
  asked.phone = reader.optional_string("phone", limits::phone_bytes_max).value_or("");
  asked.language = parsed<Language>(reader, "language", language_of);
  asked.expires = parsed<Instant>(reader, "expires", parse_rfc3339);
  asked.open_by = parsed<OpenBy>(reader, "open_by", parse_open_by);
  const Json::Array& names = reader.optional_array("file_names", limits::files_max);
  asked.file_names = read_texts(reader, "file_names", names, limits::file_name_bytes_max);
  const Result<> notification = read_notification(reader, asked.subject, asked.text);
  const Result<> read = reader.finish();
  if (!read) return pass(read);
  if (!notification) return pass(notification);
  return asked;
}

Result<DraftInput> read_draft_request(const Json& json) {
  ObjectReader reader(json);
  DraftInput input{parsed<Address>(reader, "from", parse_address),
                   parsed<SlotId>(reader, "slot_id", SlotId::parse)};
  const Result<> read = reader.finish();
  if (!read) return pass(read);
  return input;
}

Result<> read_start_request(const Json& json, StartInput& out) {
  StartRequest& start = out.start;
  ObjectReader reader(json);
  start.name = reader.string("name", limits::name_bytes_max);
  start.phone = reader.optional_string("phone", limits::phone_bytes_max).value_or("");
  start.reply_to = parsed_if_there<TransferId>(reader, "reply_to", TransferId::parse);
  start.subject = reader.optional_string("subject", limits::subject_bytes_max).value_or("");
  start.text = reader.optional_string("text", limits::message_bytes_max).value_or("");
  start.expires = parsed<Instant>(reader, "expires", parse_rfc3339);
  start.language = parsed<Language>(reader, "language", language_of);
  start.sender_language =
      parsed_if_there<Language>(reader, "sender_language", language_of).value_or(start.language);
  start.open_by = parsed<OpenBy>(reader, "open_by", parse_open_by);
  start.password_mode = parsed_if_there<PasswordMode>(reader, "password_mode", parse_password_mode)
                            .value_or(PasswordMode::own);
  start.slot_id = parsed<SlotId>(reader, "slot_id", SlotId::parse);
  start.notify = parsed_if_there<Notify>(reader, "notify", parse_notify).value_or(Notify::server);
  start.notify_delivery = reader.boolean("notify_delivery", false);
  start.notify_download = reader.boolean("notify_download", false);
  start.show_file_names = reader.boolean("show_file_names", false);
  std::optional<std::string> password =
      reader.optional_string("password", limits::password_bytes_max);
  if (password.has_value() != (start.open_by == OpenBy::password)) {
    reader.refuse("password", "belongs to open_by password alone");
  }
  if (password) out.password.swap(*password);
  if (const Json* invitation = reader.optional_object("invitation")) {
    Result<ManifestQuick> read = read_invitation(*invitation);
    if (!read) return pass(read);
    start.invitation = std::move(*read);
  }
  const Result<> lists = read_lists(reader, start);
  const Result<> read = reader.finish();
  if (!read) return read;
  if (!lists) return lists;
  if (start.recipients.empty()) return fail(ErrorCode::invalid, "no recipients");
  return {};
}

Result<Instant> read_expiry(const Json& json) {
  ObjectReader reader(json);
  const auto expires = parsed<Instant>(reader, "expires", parse_rfc3339);
  const Result<> read = reader.finish();
  if (!read) return pass(read);
  return expires;
}

Result<RecipientChange> read_recipient_change(const Json& json, WithAddress with) {
  ObjectReader reader(json);
  RecipientChange change;
  // What is no address is answered by name, so it passes here.
  if (with == WithAddress::yes) change.address = reader.string("address", address_typed_bytes_max);
  const auto slot_id = parsed_if_there<SlotId>(reader, "slot_id", SlotId::parse);
  std::optional<Secret<32>> secret = read_secret(reader);
  if (slot_id.has_value() != secret.has_value()) reader.refuse("secret", "belongs to slot_id");
  if (slot_id && secret) change.link = NewLink{*slot_id, std::move(*secret)};
  if (with == WithAddress::yes) {
    const std::optional<QuickEnvelope> envelope = read_envelope(reader);
    if (envelope && !change.link) reader.refuse("envelope", "belongs to slot_id");
    if (envelope && change.link) change.link->envelope = *envelope;
  }
  const Result<> read = reader.finish();
  if (!read) return pass(read);
  return change;
}

// In one spelling: no sign, no zero in front.
static std::optional<std::size_t> read_limit(std::string_view text) {
  std::size_t count = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, count);
  const bool good = stop == end && error == std::errc() && !text.starts_with('0') && count >= 1;
  return good && count <= limits::sent_page_max ? std::optional(count) : std::nullopt;
}

Result<PageWish> read_page_wish(std::string_view query) {
  PageWish wish;
  std::optional<std::size_t> count;
  while (!query.empty()) {
    const std::size_t end = std::min(query.find('&'), query.size());
    const std::string_view field = query.substr(0, end);
    if (field.starts_with("before=") && !wish.before) {
      const std::string_view text = field.substr(field.find('=') + 1);
      const Result<TrackingId> id = TrackingId::parse(text);
      if (!id || id->text() != text) return fail(ErrorCode::invalid, "before is no tracking ID");
      wish.before = *id;
    } else if (field.starts_with("limit=") && !count) {
      count = read_limit(field.substr(field.find('=') + 1));
      if (!count) return fail(ErrorCode::invalid, "limit is no number from 1 to 50");
    } else {
      return fail(ErrorCode::invalid, "another query");
    }
    query.remove_prefix(end);
    if (query == "&") return fail(ErrorCode::invalid, "another query");
    if (!query.empty()) query.remove_prefix(1);
  }
  wish.count = count.value_or(wish.count);
  return wish;
}

Result<TransferId> read_transfer_id(const Json& json) {
  ObjectReader reader(json);
  const auto id = parsed<TransferId>(reader, "transfer_id", TransferId::parse);
  const Result<> read = reader.finish();
  if (!read) return pass(read);
  return id;
}

Result<> read_opening(const Json& json, OpeningInput& out) {
  ObjectReader reader(json);
  out.transfer_id = parsed<TransferId>(reader, "transfer_id", TransferId::parse);
  out.client = parsed<ClientKind>(reader, "client", parse_client_kind);
  std::optional<std::string> password =
      reader.optional_string("password", limits::password_bytes_max);
  std::optional<std::string> secret = reader.optional_string("secret", link_secret_bytes_max);
  if (password.has_value() == secret.has_value()) {
    reader.refuse("password", "or secret: one of them");
  }
  if (password) out.password.swap(*password);
  if (secret) out.link_secret.swap(*secret);
  return reader.finish();
}

Result<Attached> read_attached(std::string_view query) {
  if (query.empty()) return Attached::nothing;
  if (query == "files=all") return Attached::all_files;
  return fail(ErrorCode::invalid, "another query");
}

Result<std::vector<std::uint32_t>> read_file_numbers(std::string_view query) {
  constexpr std::string_view name = "files=";
  std::vector<std::uint32_t> numbers;
  if (query.empty()) return numbers;
  if (!query.starts_with(name)) return fail(ErrorCode::invalid, "another query");
  query.remove_prefix(name.size());
  std::set<std::uint32_t> seen;
  while (numbers.size() < limits::files_max) {
    const std::size_t comma = std::min(query.find(','), query.size());
    std::uint32_t number = 0;
    const auto [rest, error] = std::from_chars(query.data(), query.data() + comma, number);
    const bool canonical = comma == 1 || !query.starts_with('0');
    if (error != std::errc() || rest != query.data() + comma || !canonical) break;
    if (!seen.insert(number).second) break;
    numbers.push_back(number);
    if (comma == query.size()) return numbers;
    query.remove_prefix(comma + 1);
  }
  return fail(ErrorCode::invalid, "malformed or too many file numbers");
}

}  // namespace couvert
