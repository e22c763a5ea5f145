#include "client/api.h"

#include "base/bytes.h"
#include "base/limits.h"
#include "client/api_fields.h"
#include "client/api_line.h"

namespace couvert::api {
namespace {

constexpr std::size_t token_bytes_max = 256;
constexpr std::size_t link_bytes_max = 2304;
// The page's bounds count characters, so a client takes the bytes that they may need.
constexpr std::size_t line_bytes_max = 4 * limits::subject_bytes_max;
constexpr std::size_t text_bytes_max = 4 * limits::message_bytes_max;

// A token goes into a header again: nothing but visible ASCII.
std::string token_of(ObjectReader& reader) {
  std::string token = reader.optional_string("token", token_bytes_max).value_or("");
  for (const char c : token) {
    if (c <= ' ' || c >= 0x7f) reader.refuse("token", "has foreign characters");
  }
  return token;
}

std::uint64_t size_of(ObjectReader& reader, std::string_view name) {
  const auto max = static_cast<std::int64_t>(limits::file_bytes_max);
  return static_cast<std::uint64_t>(reader.integer(name, 0, max));
}

Answer<File> read_file(const Json& json) {
  ObjectReader reader(json);
  File file;
  file.no = reader.integer("no", 0, UINT32_MAX);
  file.name = reader.string("name", limits::file_name_bytes_max);
  static_cast<void>(reader.string("type", limits::media_type_bytes_max));
  file.size = size_of(reader, "size");
  const Result<Buffer> crc = decode_hex(reader.string("crc32", 8));
  if (crc && crc->size() == 4) {
    file.crc32 = static_cast<std::uint32_t>(read_integer(*crc));
  } else {
    reader.refuse("crc32", "is no checksum");
  }
  if (const auto digest = reader.optional_string("sha256", 64)) {
    const Result<Buffer> bytes = decode_hex(*digest);
    if (!bytes || bytes->size() != 32) reader.refuse("sha256", "is no checksum");
    file.sha256 = *digest;
  }
  if (const Answer<> done = finished(reader); !done) return pass(done);
  return file;
}

Answer<std::vector<File>> read_files(const Json::Array& items) {
  std::vector<File> files;
  for (const Json& item : items) {
    Answer<File> file = read_file(item);
    if (!file) return pass(file);
    files.push_back(std::move(*file));
  }
  return files;
}

Answer<ReadyMail> read_ready_mail(const Json& json) {
  ObjectReader reader(json);
  ReadyMail mail;
  mail.subject = reader.string("subject", line_bytes_max);
  mail.html = WipedText(reader.string("html", limits::mail_bytes_max));
  mail.text = WipedText(reader.string("text", limits::mail_bytes_max));
  mail.language = reader.string("language", 16);
  if (const Answer<> done = finished(reader); !done) return pass(done);
  return mail;
}

Answer<Started::Recipient> read_started_recipient(const Json& json) {
  ObjectReader reader(json);
  Started::Recipient recipient;
  recipient.address = reader.string("address", limits::address_bytes_max);
  recipient.kind = reader.string("kind", 3);
  recipient.transfer_id = id_of(reader, "transfer_id");
  recipient.link = WipedText(reader.string("link", link_bytes_max));
  const Json* mail = reader.optional_object("mail");
  if (const Answer<> done = finished(reader); !done) return pass(done);
  if (mail == nullptr) return recipient;
  Answer<ReadyMail> ready = read_ready_mail(*mail);
  if (!ready) return pass(ready);
  recipient.mail = std::move(*ready);
  return recipient;
}

Answer<PolicyAnswer::Recipient> read_policy_recipient(const Json& json) {
  ObjectReader reader(json);
  PolicyAnswer::Recipient recipient;
  recipient.address = reader.string("address", 1000);
  recipient.allowed = reader.boolean("allowed", false);
  recipient.reason = reader.optional_string("reason", 64).value_or("");
  if (const Answer<> done = finished(reader); !done) return pass(done);
  return recipient;
}

Answer<DraftFile> read_draft_file(const Json& json) {
  ObjectReader reader(json);
  DraftFile file;
  file.no = reader.integer("no", 0, UINT32_MAX);
  file.name = reader.string("name", limits::file_name_bytes_max);
  static_cast<void>(reader.string("type", limits::media_type_bytes_max));
  file.size = size_of(reader, "size");
  file.offset = size_of(reader, "offset");
  if (const Answer<> done = finished(reader); !done) return pass(done);
  return file;
}

std::int64_t count_of(ObjectReader& reader, std::string_view name) {
  return reader.integer(name, 0, INT64_MAX);
}

// What a line of the list and a whole transfer have in common.
template <class Transfer>
void read_sent_head(ObjectReader& reader, Transfer& transfer) {
  transfer.tracking_id = id_of(reader, "tracking_id");
  static_cast<void>(id_of(reader, "draft_id"));
  transfer.state = reader.string("state", 16);
  transfer.created = time_of(reader, "created");
  transfer.expires = time_of(reader, "expires");
  transfer.open_by = reader.string("open_by", 16);
  transfer.file_count = count_of(reader, "file_count");
  transfer.bytes = count_of(reader, "bytes");
}

Answer<ReceivedTransfer> read_received(const Json& json) {
  ObjectReader reader(json);
  ReceivedTransfer received;
  received.tracking_id = id_of(reader, "tracking_id");
  received.from = reader.string("from", limits::address_bytes_max);
  received.name = reader.string("name", limits::name_bytes_max);
  received.created = time_of(reader, "created");
  received.expires = time_of(reader, "expires");
  received.open_by = reader.string("open_by", 16);
  received.transfer_id = reader.optional_string("transfer_id", 26).value_or("");
  const Result<TransferId> id = TransferId::parse(received.transfer_id);
  const bool good = received.transfer_id.empty() || (id && id->text() == received.transfer_id);
  if (!good) reader.refuse("transfer_id", "is no ID");
  received.opened = optional_time_of(reader, "opened");
  received.retrieved = optional_time_of(reader, "retrieved");
  received.file_count = count_of(reader, "file_count");
  received.bytes = count_of(reader, "bytes");
  if (const Answer<> done = finished(reader); !done) return pass(done);
  return received;
}

Answer<SentSummary> read_sent_summary(const Json& json) {
  ObjectReader reader(json);
  SentSummary summary;
  read_sent_head(reader, summary);
  static_cast<void>(optional_time_of(reader, "revoked"));
  summary.recipient_count = count_of(reader, "recipient_count");
  summary.failed_count = count_of(reader, "failed_count");
  summary.opened_count = count_of(reader, "opened_count");
  summary.retrieved_count = count_of(reader, "retrieved_count");
  for (const Json& item : reader.array("recipients", limits::recipients_max)) {
    if (item.string() == nullptr) return foreign_answer("recipients holds no text");
    summary.recipients.push_back(item.string()->substr(0, limits::address_bytes_max));
  }
  if (const Answer<> done = finished(reader); !done) return pass(done);
  return summary;
}

Answer<SentRecipient> read_sent_recipient(const Json& json) {
  ObjectReader reader(json);
  SentRecipient recipient;
  recipient.recipient_no = reader.integer("recipient_no", 0, INT32_MAX);
  recipient.address = reader.string("address", limits::address_bytes_max);
  recipient.kind = reader.string("kind", 3);
  recipient.mail = reader.string("mail", 16);
  recipient.mail_settled = optional_time_of(reader, "mail_settled");
  recipient.mail_answer = reader.optional_string("mail_answer", line_bytes_max).value_or("");
  recipient.opened = optional_time_of(reader, "opened");
  recipient.retrieved = optional_time_of(reader, "retrieved");
  recipient.revoked = optional_time_of(reader, "revoked");
  recipient.viewed_count = count_of(reader, "viewed_count");
  recipient.downloaded_count = count_of(reader, "downloaded_count");
  if (const Answer<> done = finished(reader); !done) return pass(done);
  return recipient;
}

Json recipient_json(const StartRecipient& recipient) {
  Json::Object fields;
  fields.emplace_back("address", recipient.address);
  fields.emplace_back("kind", recipient.kind);
  if (!recipient.slot_id.empty()) fields.emplace_back("slot_id", recipient.slot_id);
  if (!recipient.secret.empty()) fields.emplace_back("secret", recipient.secret.text());
  if (!recipient.envelope.empty()) fields.emplace_back("envelope", recipient.envelope);
  return Json(std::move(fields));
}

}  // namespace

Answer<RequestedCode> read_requested_code(const Json& json) {
  ObjectReader reader(json);
  RequestedCode requested;
  requested.expires = time_of(reader, "expires");
  requested.token = WipedText(token_of(reader));
  if (const Answer<> done = finished(reader); !done) return pass(done);
  return requested;
}

Answer<Verification> read_verification(const Json& json) {
  ObjectReader reader(json);
  Verification verification;
  verification.verification_id = id_of(reader, "verification_id");
  verification.address = reader.string("address", limits::address_bytes_max);
  verification.expires = time_of(reader, "expires");
  if (const Answer<> done = finished(reader); !done) return pass(done);
  return verification;
}

static std::vector<std::string> words_of(ObjectReader& reader, std::string_view name) {
  std::vector<std::string> words;
  for (const Json& item : reader.array(name, 8)) {
    if (item.string() == nullptr) reader.refuse(name, "holds no text");
    if (item.string() != nullptr) words.push_back(*item.string());
  }
  return words;
}

static Answer<PasswordRules> read_password_rules(const Json& json) {
  ObjectReader reader(json);
  PasswordRules rules;
  rules.length_min = reader.integer("length_min", 0, 1024);
  rules.upper_and_lower = reader.boolean("upper_and_lower", true);
  rules.digits = reader.boolean("digits", true);
  rules.special = reader.boolean("special", true);
  rules.no_word = reader.boolean("no_word", true);
  if (const Answer<> done = finished(reader); !done) return pass(done);
  return rules;
}

Answer<PolicyAnswer> read_policy_answer(const Json& json) {
  ObjectReader reader(json);
  PolicyAnswer policy;
  policy.transfer_bytes_max = reader.integer("transfer_bytes_max", 0, INT64_MAX);
  policy.days_default = reader.integer("days_default", 0, 100'000);
  policy.days_max = reader.integer("days_max", 0, 100'000);
  policy.days_editable = reader.boolean("days_editable", true);
  policy.message_required = reader.boolean("message_required", false);
  policy.phone_required = reader.boolean("phone_required", false);
  policy.checksums = reader.boolean("checksums", false);
  static_cast<void>(reader.boolean("notification_editable", false));
  for (const char* preset : {"show_file_names", "notify_delivery", "notify_download"}) {
    static_cast<void>(reader.string(preset, 16));
  }
  policy.quick = reader.string("quick", 16);
  policy.open_by = words_of(reader, "open_by");
  policy.password_modes = words_of(reader, "password_modes");
  policy.invitation_passwords = words_of(reader, "invitation_passwords");
  policy.client_mail = reader.boolean("client_mail", false);
  const Json* rules = reader.optional_object("password_rules");
  const Json::Array& recipients = reader.array("recipients", limits::recipients_max);
  if (const Answer<> done = finished(reader); !done) return pass(done);
  if (rules == nullptr) return foreign_answer("password_rules is missing");
  const Answer<PasswordRules> read = read_password_rules(*rules);
  if (!read) return pass(read);
  policy.password_rules = *read;
  for (const Json& item : recipients) {
    Answer<PolicyAnswer::Recipient> recipient = read_policy_recipient(item);
    if (!recipient) return pass(recipient);
    policy.recipients.push_back(std::move(*recipient));
  }
  return policy;
}

Answer<PasswordVerdict> read_password_verdict(const Json& json) {
  ObjectReader reader(json);
  PasswordVerdict verdict;
  verdict.acceptable = reader.boolean("acceptable", false);
  static_cast<void>(reader.integer("strength", 0, 4));
  const Json::Array& rules = reader.array("rules", 16);
  if (const Answer<> done = finished(reader); !done) return pass(done);
  for (const Json& item : rules) {
    ObjectReader rule(item);
    std::string name = rule.string("rule", 64);
    const bool met = rule.boolean("met", true);
    if (const Answer<> done = finished(rule); !done) return pass(done);
    if (!met) verdict.unmet.push_back(std::move(name));
  }
  return verdict;
}

Answer<Draft> read_draft(const Json& json) {
  ObjectReader reader(json);
  Draft draft;
  draft.draft_id = id_of(reader, "draft_id");
  draft.seal_id = typed_id_of<SealId>(reader, "seal_id");
  draft.from = reader.string("from", limits::address_bytes_max);
  static_cast<void>(time_of(reader, "expires"));
  const Json::Array& files = reader.array("files", limits::files_max);
  if (const Answer<> done = finished(reader); !done) return pass(done);
  for (const Json& item : files) {
    Answer<DraftFile> file = read_draft_file(item);
    if (!file) return pass(file);
    draft.files.push_back(std::move(*file));
  }
  return draft;
}

Answer<Started> read_started(const Json& json) {
  ObjectReader reader(json);
  Started started;
  started.tracking_id = id_of(reader, "tracking_id");
  static_cast<void>(time_of(reader, "created"));
  started.expires = time_of(reader, "expires");
  const Json::Array& recipients = reader.array("recipients", limits::recipients_max);
  const Json::Array& files = reader.array("files", limits::files_max);
  if (const Answer<> done = finished(reader); !done) return pass(done);
  for (const Json& item : recipients) {
    Answer<Started::Recipient> recipient = read_started_recipient(item);
    if (!recipient) return pass(recipient);
    started.recipients.push_back(std::move(*recipient));
  }
  Answer<std::vector<File>> read = read_files(files);
  if (!read) return pass(read);
  started.files = std::move(*read);
  return started;
}

Answer<std::vector<Verification>> read_verifications(const Json& json) {
  ObjectReader reader(json);
  std::vector<Verification> all;
  const Json::Array& items = reader.array("verifications", limits::verifications_per_session_max);
  if (const Answer<> done = finished(reader); !done) return pass(done);
  for (const Json& item : items) {
    Answer<Verification> one = read_verification(item);
    if (!one) return pass(one);
    all.push_back(std::move(*one));
  }
  return all;
}

Answer<ReceivedPage> read_received_page(const Json& json) {
  ObjectReader reader(json);
  ReceivedPage page;
  page.to = reader.string("to", limits::address_bytes_max);
  page.more = reader.boolean("more", false);
  const Json::Array& items = reader.array("transfers", limits::sent_page_max);
  if (const Answer<> done = finished(reader); !done) return pass(done);
  for (const Json& item : items) {
    Answer<ReceivedTransfer> one = read_received(item);
    if (!one) return pass(one);
    page.transfers.push_back(std::move(*one));
  }
  return page;
}

Answer<SentPage> read_sent_page(const Json& json) {
  ObjectReader reader(json);
  SentPage page;
  page.from = reader.string("from", limits::address_bytes_max);
  page.more = reader.boolean("more", false);
  const Json::Array& items = reader.array("transfers", limits::sent_page_max);
  if (const Answer<> done = finished(reader); !done) return pass(done);
  for (const Json& item : items) {
    Answer<SentSummary> one = read_sent_summary(item);
    if (!one) return pass(one);
    page.transfers.push_back(std::move(*one));
  }
  return page;
}

Answer<Sent> read_sent(const Json& json) {
  ObjectReader reader(json);
  Sent sent;
  read_sent_head(reader, sent);
  sent.revoked = optional_time_of(reader, "revoked");
  sent.from = reader.string("from", limits::address_bytes_max);
  static_cast<void>(time_of(reader, "expires_max"));
  const Json::Array& recipients = reader.array("recipients", limits::recipients_max);
  if (const Answer<> done = finished(reader); !done) return pass(done);
  for (const Json& item : recipients) {
    Answer<SentRecipient> one = read_sent_recipient(item);
    if (!one) return pass(one);
    sent.recipients.push_back(std::move(*one));
  }
  return sent;
}

Answer<Retrieval> read_retrieval(const Json& json) {
  ObjectReader reader(json);
  Retrieval retrieval;
  retrieval.retrieval_id = id_of(reader, "retrieval_id");
  retrieval.token = WipedText(token_of(reader));
  static_cast<void>(id_of(reader, "transfer_id"));
  retrieval.tracking_id = id_of(reader, "tracking_id");
  retrieval.from = reader.string("from", limits::address_bytes_max);
  retrieval.name = reader.string("name", line_bytes_max);
  retrieval.phone = reader.optional_string("phone", line_bytes_max).value_or("");
  retrieval.created = time_of(reader, "created");
  retrieval.expires = time_of(reader, "expires");
  static_cast<void>(time_of(reader, "ends"));
  retrieval.subject = reader.string("subject", line_bytes_max);
  retrieval.text = reader.string("text", text_bytes_max);
  retrieval.invites = reader.boolean("invites", false);
  const Json::Array& files = reader.array("files", limits::files_max);
  if (const Answer<> done = finished(reader); !done) return pass(done);
  Answer<std::vector<File>> read = read_files(files);
  if (!read) return pass(read);
  retrieval.files = std::move(*read);
  return retrieval;
}

Answer<std::string> read_open_by(const Json& json) {
  ObjectReader reader(json);
  static_cast<void>(id_of(reader, "transfer_id"));
  std::string open_by = reader.string("open_by", 16);
  if (const Answer<> done = finished(reader); !done) return pass(done);
  return open_by;
}

Json to_json(const Start& start) {
  Json::Object fields;
  fields.emplace_back("name", start.name);
  if (!start.phone.empty()) fields.emplace_back("phone", start.phone);
  if (!start.reply_to.empty()) fields.emplace_back("reply_to", start.reply_to);
  Json::Array recipients;
  for (const StartRecipient& recipient : start.recipients) {
    recipients.push_back(recipient_json(recipient));
  }
  fields.emplace_back("recipients", std::move(recipients));
  if (start.invitation) {
    Json::Object invitation;
    invitation.emplace_back("public_key", start.invitation->public_key);
    invitation.emplace_back("secret", start.invitation->secret.text());
    fields.emplace_back("invitation", std::move(invitation));
  }
  if (start.subject) fields.emplace_back("subject", *start.subject);
  if (start.text) fields.emplace_back("text", *start.text);
  Json::Array files;
  for (const auto& [no, size] : start.files) {
    files.push_back(Json(Json::Object{{"no", no}, {"size", static_cast<std::int64_t>(size)}}));
  }
  fields.emplace_back("files", std::move(files));
  fields.emplace_back("expires", start.expires);
  fields.emplace_back("language", start.language);
  fields.emplace_back("open_by", start.open_by);
  if (!start.password.empty()) {
    fields.emplace_back("password", start.password.text());
    fields.emplace_back("password_mode", start.password_mode);
  }
  fields.emplace_back("slot_id", start.slot_id);
  if (!start.notify.empty()) fields.emplace_back("notify", start.notify);
  fields.emplace_back("notify_delivery", start.notify_delivery);
  fields.emplace_back("notify_download", start.notify_download);
  fields.emplace_back("show_file_names", start.show_file_names);
  return Json(std::move(fields));
}

}  // namespace couvert::api
