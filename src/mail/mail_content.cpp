#include "mail/mail_content.h"

#include <algorithm>

#include "base/json.h"
#include "base/limits.h"

namespace couvert {
namespace {

// Whether `text` is a link that this server made: http(s), ASCII, nothing that ends an attribute.
bool is_link(std::string_view text) {
  if (!text.starts_with("https://") && !text.starts_with("http://")) return false;
  return std::all_of(text.begin(), text.end(), [](char c) {
    return c > ' ' && c < 0x7f &&
           std::string_view("\"'<>\\`{}|^").find(c) == std::string_view::npos;
  });
}

Json to_json(const std::vector<std::string>& texts) {
  Json::Array items;
  for (const std::string& text : texts) items.emplace_back(text);
  return Json(std::move(items));
}

Json::Object start_of(std::string_view kind, Language language) {
  return {{"version", 1}, {"kind", kind}, {"language", name_of(language)}};
}

// What no rule says is left out.
void add_sender_card(Json::Object& fields, const SenderCard& sender) {
  fields.emplace_back("name", sender.name);
  fields.emplace_back("phone", sender.phone);
  fields.emplace_back("from", sender.address.text);
  if (!sender.from_name.empty()) fields.emplace_back("from_name", sender.from_name);
  if (sender.reply_to) fields.emplace_back("reply_to", sender.reply_to->text);
}

Json to_json(const CodeMail& mail) {
  Json::Object fields = start_of("code", mail.language);
  fields.emplace_back("code", mail.code);
  fields.emplace_back("minutes", std::int64_t{mail.life.count()});
  if (mail.purpose != CodePurpose::any) fields.emplace_back("purpose", name_of(mail.purpose));
  if (mail.client != ClientKind::browser) fields.emplace_back("client", name_of(mail.client));
  if (mail.asked) fields.emplace_back("asked", to_unix(*mail.asked));
  return Json(std::move(fields));
}

Json to_json(const NotificationMail& mail) {
  Json::Object fields = start_of("notification", mail.language);
  add_sender_card(fields, mail.sender);
  fields.emplace_back("subject", mail.subject);
  fields.emplace_back("text", mail.text);
  fields.emplace_back("download_link", mail.download_link);
  fields.emplace_back("reply_link", mail.reply_link);
  fields.emplace_back("tracking_id", mail.tracking_id.text());
  fields.emplace_back("expires", to_unix(mail.expires));
  fields.emplace_back("open_by", name_of(mail.open_by));
  fields.emplace_back("file_names", to_json(mail.file_names));
  fields.emplace_back("file_count", mail.file_count);
  if (mail.invites) fields.emplace_back("invites", true);
  return Json(std::move(fields));
}

Json to_json(const std::vector<Address>& addresses) {
  Json::Array items;
  for (const Address& address : addresses) items.emplace_back(address.text);
  return Json(std::move(items));
}

Json to_json(const HandedOverMail& mail) {
  Json::Object fields = start_of("handed_over", mail.language);
  fields.emplace_back("recipients", to_json(mail.recipients));
  fields.emplace_back("tracking_id", mail.tracking_id.text());
  fields.emplace_back("expires", to_unix(mail.expires));
  fields.emplace_back("open_by", name_of(mail.open_by));
  if (mail.connected_count > 0) fields.emplace_back("connected_count", mail.connected_count);
  return Json(std::move(fields));
}

Json to_json(const DownloadedMail& mail) {
  Json::Object fields = start_of("downloaded", mail.language);
  fields.emplace_back("recipient", mail.recipient.text);
  fields.emplace_back("when", to_unix(mail.when));
  fields.emplace_back("tracking_id", mail.tracking_id.text());
  Json::Array files;
  for (const DownloadedFile& file : mail.files) {
    files.emplace_back(Json::Object{{"number", file.number}, {"name", file.name}});
  }
  fields.emplace_back("files", std::move(files));
  fields.emplace_back("downloaded_count", mail.downloaded_count);
  fields.emplace_back("file_count", mail.file_count);
  return Json(std::move(fields));
}

Json to_json(const UndeliverableMail& mail) {
  Json::Object fields = start_of("undeliverable", mail.language);
  fields.emplace_back("recipient", mail.recipient.text);
  fields.emplace_back("tracking_id", mail.tracking_id.text());
  fields.emplace_back("server_answer", mail.server_answer);
  return Json(std::move(fields));
}

Json to_json(const WrongPasswordsMail& mail) {
  Json::Object fields = start_of("wrong_passwords", mail.language);
  fields.emplace_back("recipient", mail.recipient.text);
  fields.emplace_back("tracking_id", mail.tracking_id.text());
  fields.emplace_back("expires", to_unix(mail.expires));
  fields.emplace_back("count", mail.count);
  return Json(std::move(fields));
}

Json to_json(const PasswordAskedMail& mail) {
  Json::Object fields = start_of("password_asked", mail.language);
  fields.emplace_back("recipient", mail.recipient.text);
  fields.emplace_back("tracking_id", mail.tracking_id.text());
  fields.emplace_back("expires", to_unix(mail.expires));
  if (mail.open_by != OpenBy::password) fields.emplace_back("open_by", name_of(mail.open_by));
  return Json(std::move(fields));
}

Json to_json(const RevokedMail& mail) {
  Json::Object fields = start_of("revoked", mail.language);
  add_sender_card(fields, mail.sender);
  fields.emplace_back("tracking_id", mail.tracking_id.text());
  return Json(std::move(fields));
}

Json to_json(const RevocationMail& mail) {
  Json::Object fields = start_of("revocation", mail.language);
  fields.emplace_back("recipients", to_json(mail.recipients));
  fields.emplace_back("tracking_id", mail.tracking_id.text());
  return Json(std::move(fields));
}

Json to_json(const ExpiredMail& mail) {
  Json::Object fields = start_of("expired", mail.language);
  Json::Array recipients;
  for (const RecipientSummary& one : mail.recipients) {
    recipients.emplace_back(Json::Object{{"address", one.address.text},
                                         {"mail", name_of(one.mail)},
                                         {"opened", one.opened},
                                         {"downloaded_count", one.downloaded_count}});
  }
  fields.emplace_back("recipients", std::move(recipients));
  fields.emplace_back("open_by", name_of(mail.open_by));
  fields.emplace_back("file_count", mail.file_count);
  fields.emplace_back("tracking_id", mail.tracking_id.text());
  fields.emplace_back("expired", to_unix(mail.expired));
  return Json(std::move(fields));
}

Json to_json(const TroubleMail& mail) {
  Json::Object fields = start_of("trouble", mail.language);
  fields.emplace_back("trouble", name_of(mail.trouble));
  fields.emplace_back("what", mail.what);
  fields.emplace_back("number", mail.number);
  fields.emplace_back("when", to_unix(mail.when));
  return Json(std::move(fields));
}

Json to_json(const QuickMail& mail) {
  Json::Object fields = start_of("quick", mail.language);
  fields.emplace_back("event", name_of(mail.event));
  fields.emplace_back("about", mail.about.text);
  fields.emplace_back("device", mail.device);
  fields.emplace_back("when", to_unix(mail.when));
  fields.emplace_back("link", mail.link);
  return Json(std::move(fields));
}

Json to_json(const ProgramMail& mail) {
  Json::Object fields = start_of("program", mail.language);
  fields.emplace_back("address", mail.address.text);
  fields.emplace_back("name", mail.name);
  fields.emplace_back("scopes", write_scopes(mail.scopes));
  fields.emplace_back("when", to_unix(mail.when));
  fields.emplace_back("link", mail.link);
  return Json(std::move(fields));
}

// Reads the fields that several kinds share, on top of ObjectReader.
class ContentReader {
 public:
  explicit ContentReader(const Json& json) : fields(json) {
    fields.integer("version", 1, 1);
    kind = fields.string("kind", 20);
    const auto found = parse_language(fields.string("language", 2));
    if (!found) fields.refuse("language", "is unknown");
    language = found.value_or(Language::en);
  }

  Address address(std::string_view name) { return to_address(name, text(name, 254)); }

  Address to_address(std::string_view name, const std::string& text) {
    Result<Address> parsed = parse_address(text);
    if (!parsed || parsed->text != text) {
      fields.refuse(name, "is no address");
      return Address();
    }
    return *std::move(parsed);
  }

  SenderCard sender() {
    SenderCard card = {text("name", limits::name_bytes_max), text("phone", limits::phone_bytes_max),
                       address("from")};
    card.from_name = fields.optional_string("from_name", limits::name_bytes_max).value_or("");
    const auto reply_to = fields.optional_string("reply_to", limits::address_bytes_max);
    if (reply_to) card.reply_to = to_address("reply_to", *reply_to);
    return card;
  }

  // At least one.
  std::vector<Address> recipients() {
    std::vector<Address> all;
    for (const Json& item : fields.array("recipients", limits::recipients_max)) {
      const std::string* text = item.string();
      all.push_back(to_address("recipients", text != nullptr ? *text : std::string()));
    }
    if (all.empty()) fields.refuse("recipients", "are none");
    return all;
  }

  std::string text(std::string_view name, std::size_t bytes_max) {
    return fields.string(name, bytes_max);
  }

  std::string link(std::string_view name) {
    std::string text = fields.string(name, mail_link_bytes_max);
    if (!is_link(text)) fields.refuse(name, "is no link");
    return text;
  }

  TrackingId tracking_id() {
    const Result<TrackingId> id = TrackingId::parse(text("tracking_id", 26));
    if (!id) fields.refuse("tracking_id", "is no ID");
    return id ? *id : TrackingId();
  }

  Instant time(std::string_view name) {
    return from_unix(fields.integer(name, 0, std::int64_t{1} << 40));
  }

  OpenBy open_by() { return to_open_by(text("open_by", 20)); }

  OpenBy to_open_by(const std::string& text) {
    const Result<OpenBy> read = parse_open_by(text);
    if (!read) fields.refuse("open_by", "is unknown");
    return read ? *read : OpenBy::password;
  }

  int count(std::string_view name, std::size_t min) {
    return static_cast<int>(
        fields.integer(name, static_cast<std::int64_t>(min), std::int64_t{limits::files_max}));
  }

  ObjectReader fields;
  std::string kind;
  Language language = Language::en;
};

CodeMail read_code(ContentReader& reader) {
  CodeMail mail;
  mail.language = reader.language;
  mail.code = reader.text("code", 40);
  const bool plain = std::all_of(mail.code.begin(), mail.code.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
  });
  if (!plain || mail.code.empty()) reader.fields.refuse("code", "is none");
  mail.life = std::chrono::minutes(reader.fields.integer("minutes", 1, 7 * 24 * 60));
  const Result<CodePurpose> purpose =
      parse_code_purpose(reader.fields.optional_string("purpose", 20).value_or("any"));
  if (!purpose) reader.fields.refuse("purpose", "is unknown");
  mail.purpose = purpose.value_or(CodePurpose::any);
  const Result<ClientKind> client =
      parse_client_kind(reader.fields.optional_string("client", 20).value_or("browser"));
  if (!client) reader.fields.refuse("client", "is unknown");
  mail.client = client.value_or(ClientKind::browser);
  const auto asked = reader.fields.optional_integer("asked", 0, std::int64_t{1} << 40);
  if (asked) mail.asked = from_unix(*asked);
  return mail;
}

NotificationMail read_notification(ContentReader& reader) {
  NotificationMail mail;
  mail.language = reader.language;
  mail.sender = reader.sender();
  mail.subject = reader.text("subject", limits::subject_bytes_max);
  mail.text = reader.text("text", limits::notification_bytes_max);
  mail.download_link = reader.link("download_link");
  mail.reply_link = reader.link("reply_link");
  mail.tracking_id = reader.tracking_id();
  mail.expires = reader.time("expires");
  mail.open_by = reader.open_by();
  for (const Json& name : reader.fields.array("file_names", mail_file_names_max)) {
    const std::string* text = name.string();
    if (text == nullptr || text->empty() || text->size() > limits::file_name_bytes_max) {
      reader.fields.refuse("file_names", "hold what is no name");
    } else {
      mail.file_names.push_back(*text);
    }
  }
  mail.file_count = reader.count("file_count", mail.file_names.size());
  mail.invites = reader.fields.boolean("invites", false);
  return mail;
}

HandedOverMail read_handed_over(ContentReader& reader) {
  HandedOverMail mail;
  mail.language = reader.language;
  mail.recipients = reader.recipients();
  mail.tracking_id = reader.tracking_id();
  mail.expires = reader.time("expires");
  mail.open_by = reader.open_by();
  const auto recipients_count = static_cast<std::int64_t>(mail.recipients.size());
  mail.connected_count = static_cast<int>(
      reader.fields.optional_integer("connected_count", 0, recipients_count).value_or(0));
  return mail;
}

DownloadedMail read_downloaded(ContentReader& reader) {
  DownloadedMail mail;
  mail.language = reader.language;
  mail.recipient = reader.address("recipient");
  mail.when = reader.time("when");
  mail.tracking_id = reader.tracking_id();
  for (const Json& item : reader.fields.array("files", mail_file_names_max)) {
    ObjectReader file(item);
    mail.files.push_back(
        {static_cast<int>(file.integer("number", 1, std::int64_t{limits::files_max})),
         file.string("name", limits::file_name_bytes_max)});
    if (!file.finish()) reader.fields.refuse("files", "hold what is no file");
  }
  if (mail.files.empty()) reader.fields.refuse("files", "are none");
  mail.downloaded_count =
      reader.count("downloaded_count", std::max<std::size_t>(mail.files.size(), 1));
  mail.file_count =
      reader.count("file_count", static_cast<std::size_t>(std::max(mail.downloaded_count, 1)));
  return mail;
}

UndeliverableMail read_undeliverable(ContentReader& reader) {
  UndeliverableMail mail;
  mail.language = reader.language;
  mail.recipient = reader.address("recipient");
  mail.tracking_id = reader.tracking_id();
  mail.server_answer = reader.text("server_answer", mail_server_answer_bytes_max);
  return mail;
}

WrongPasswordsMail read_wrong_passwords(ContentReader& reader) {
  WrongPasswordsMail mail;
  mail.language = reader.language;
  mail.recipient = reader.address("recipient");
  mail.tracking_id = reader.tracking_id();
  mail.expires = reader.time("expires");
  mail.count = reader.count("count", 1);
  return mail;
}

PasswordAskedMail read_password_asked(ContentReader& reader) {
  PasswordAskedMail mail;
  mail.language = reader.language;
  mail.recipient = reader.address("recipient");
  mail.tracking_id = reader.tracking_id();
  mail.expires = reader.time("expires");
  mail.open_by =
      reader.to_open_by(reader.fields.optional_string("open_by", 20).value_or("password"));
  return mail;
}

RevokedMail read_revoked(ContentReader& reader) {
  RevokedMail mail;
  mail.language = reader.language;
  mail.sender = reader.sender();
  mail.tracking_id = reader.tracking_id();
  return mail;
}

RevocationMail read_revocation(ContentReader& reader) {
  RevocationMail mail;
  mail.language = reader.language;
  mail.recipients = reader.recipients();
  mail.tracking_id = reader.tracking_id();
  return mail;
}

RecipientSummary read_summary(ContentReader& reader, const Json& json) {
  ObjectReader fields(json);
  RecipientSummary one;
  one.address = reader.to_address("recipients", fields.string("address", 254));
  const Result<MailState> mail = parse_mail_state(fields.string("mail", 20));
  one.mail = mail.value_or(MailState::waiting);
  one.opened = fields.boolean("opened", false);
  one.downloaded_count =
      static_cast<int>(fields.integer("downloaded_count", 0, std::int64_t{limits::files_max}));
  if (!mail || !fields.finish()) reader.fields.refuse("recipients", "hold what is none");
  return one;
}

ExpiredMail read_expired(ContentReader& reader) {
  ExpiredMail mail;
  mail.language = reader.language;
  for (const Json& item : reader.fields.array("recipients", limits::recipients_max)) {
    mail.recipients.push_back(read_summary(reader, item));
  }
  if (mail.recipients.empty()) reader.fields.refuse("recipients", "are none");
  mail.open_by = reader.open_by();
  mail.file_count = reader.count("file_count", 0);
  mail.tracking_id = reader.tracking_id();
  mail.expired = reader.time("expired");
  return mail;
}

TroubleMail read_trouble(ContentReader& reader) {
  TroubleMail mail;
  mail.language = reader.language;
  const auto trouble = parse_trouble_kind(reader.text("trouble", 20));
  if (!trouble) reader.fields.refuse("trouble", "is unknown");
  mail.trouble = trouble.value_or(TroubleKind::disk);
  mail.what = reader.text("what", mail_trouble_bytes_max);
  mail.number = static_cast<int>(reader.fields.integer("number", 0, 1'000'000'000));
  mail.when = reader.time("when");
  return mail;
}

QuickMail read_quick(ContentReader& reader) {
  QuickMail mail;
  mail.language = reader.language;
  const auto event = parse_quick_event(reader.text("event", 20));
  if (!event) reader.fields.refuse("event", "is unknown");
  mail.event = event.value_or(QuickEvent::activated);
  mail.about = reader.address("about");
  mail.device = reader.text("device", limits::client_name_bytes_max);
  mail.when = reader.time("when");
  mail.link = reader.link("link");
  return mail;
}

ProgramMail read_program(ContentReader& reader) {
  ProgramMail mail;
  mail.language = reader.language;
  mail.address = reader.address("address");
  mail.name = reader.text("name", limits::client_name_bytes_max);
  const Result<Scopes> scopes = parse_scopes(reader.text("scopes", 100));
  if (!scopes) reader.fields.refuse("scopes", "are unknown");
  mail.scopes = scopes.value_or(Scopes());
  mail.when = reader.time("when");
  mail.link = reader.link("link");
  return mail;
}

MailContent read_content(ContentReader& reader) {
  if (reader.kind == "code") return read_code(reader);
  if (reader.kind == "notification") return read_notification(reader);
  if (reader.kind == "handed_over") return read_handed_over(reader);
  if (reader.kind == "downloaded") return read_downloaded(reader);
  if (reader.kind == "undeliverable") return read_undeliverable(reader);
  if (reader.kind == "wrong_passwords") return read_wrong_passwords(reader);
  if (reader.kind == "password_asked") return read_password_asked(reader);
  if (reader.kind == "revoked") return read_revoked(reader);
  if (reader.kind == "revocation") return read_revocation(reader);
  if (reader.kind == "expired") return read_expired(reader);
  if (reader.kind == "trouble") return read_trouble(reader);
  if (reader.kind == "quick") return read_quick(reader);
  if (reader.kind == "program") return read_program(reader);
  reader.fields.refuse("kind", "is unknown");
  return CodeMail();
}

std::string written(const MailContent& content) {
  return std::visit([](const auto& mail) { return to_json(mail).write(); }, content);
}

}  // namespace

Language language_of(const MailContent& content) {
  return std::visit([](const auto& mail) { return mail.language; }, content);
}

Result<Buffer> encode(const MailContent& content) {
  Buffer bytes;
  append(bytes, as_bytes(written(content)));
  if (const Result<MailContent> back = decode(bytes); !back) return pass(back);
  return bytes;
}

Result<MailContent> decode(Bytes bytes) {
  const std::string_view text = as_text(bytes);
  const Result<Json> json = parse_json(text, {.bytes_max = limits::mail_bytes_max, .depth_max = 3});
  if (!json) return pass(json);
  ContentReader reader(*json);
  MailContent content = read_content(reader);
  const Result<> finished = reader.fields.finish();
  if (!finished) return pass(finished);
  if (written(content) != text) return fail(ErrorCode::invalid, "a mail in another spelling");
  return content;
}

}  // namespace couvert
