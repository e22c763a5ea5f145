#include "mail/mail_content.h"

#include <doctest/doctest.h>

#include "base/limits.h"
#include "mail/sample_mails.h"

using namespace couvert;

namespace {

ErrorCode code_of(const MailContent& content) {
  const Result<Buffer> encoded = encode(content);
  REQUIRE_FALSE(encoded.has_value());
  return encoded.error().code;
}

ErrorCode decode_code(std::string_view text) {
  const Result<MailContent> decoded = decode(as_bytes(text));
  REQUIRE_FALSE(decoded.has_value());
  return decoded.error().code;
}

std::string encoded_text(const MailContent& content) {
  return std::string(as_text(encode(content).value()));
}

std::string replaced(std::string text, std::string_view from, std::string_view to) {
  const std::size_t at = text.find(from);
  REQUIRE(at != std::string::npos);
  return text.replace(at, from.size(), to);
}

}  // namespace

TEST_CASE("every kind of mail comes back as it was") {
  for (const Language language : all_languages) {
    for (const auto& [name, content] : sample_mails(language)) {
      INFO(name);
      const Result<Buffer> bytes = encode(content);
      REQUIRE(bytes.has_value());
      CHECK(decode(*bytes).value() == content);
      CHECK(language_of(content) == language);
    }
  }
}

TEST_CASE("a mail keeps its times to the second") {
  DownloadedMail mail = sample_downloaded(Language::de);
  mail.when += Duration(999);
  const MailContent back = decode(encode(mail).value()).value();
  CHECK(std::get<DownloadedMail>(back).when == sample_downloaded(Language::de).when);
}

TEST_CASE("a mail takes no link that this server would not make") {
  for (const std::string_view link :
       {"", "javascript:alert(1)", "//example.org", "https://example.org/\" onclick=\"x",
        "https://example.org/a b", "https://example.org/\r\nX: y", "https://example.org/<b>",
        "https://\u00e4.example.org/", "HTTPS://example.org/"}) {
    NotificationMail mail = sample_notification(Language::en);
    mail.download_link = link;
    CHECK(code_of(mail) == ErrorCode::invalid);
    mail = sample_notification(Language::en);
    mail.reply_link = link;
    CHECK(code_of(mail) == ErrorCode::invalid);
  }
}

TEST_CASE("texts are taken at their bound and refused one byte over it") {
  NotificationMail mail = sample_notification(Language::en);
  mail.sender.name = std::string(limits::name_bytes_max, 'x');
  mail.sender.phone = std::string(limits::phone_bytes_max, '1');
  mail.subject = std::string(limits::subject_bytes_max, 'x');
  mail.text = std::string(limits::notification_bytes_max, '\n');
  mail.download_link = "https://" + std::string(mail_link_bytes_max - 8, 'x');
  mail.file_names.assign(mail_file_names_max, std::string(limits::file_name_bytes_max, 'x'));
  mail.file_count = limits::files_max;
  REQUIRE(encode(mail).has_value());
  for (std::string* text : {&mail.sender.name, &mail.sender.phone, &mail.subject, &mail.text,
                            &mail.download_link, &mail.file_names[0]}) {
    *text += 'x';
    CHECK(code_of(mail) == ErrorCode::invalid);
    text->pop_back();
  }
  mail.file_names.emplace_back("x");
  CHECK(code_of(mail) == ErrorCode::invalid);
}

TEST_CASE("a mail takes no broken UTF-8, no NUL, no foreign address") {
  NotificationMail mail = sample_notification(Language::en);
  mail.text = "\xff";
  CHECK(code_of(mail) == ErrorCode::invalid);
  mail.text = std::string(1, '\0');
  CHECK(code_of(mail) == ErrorCode::invalid);
  mail = sample_notification(Language::en);
  mail.sender.address = Address{"Ann@EXAMPLE.org"};  // not as the server writes it
  CHECK(code_of(mail) == ErrorCode::invalid);
  mail.sender.address = Address{"a@example.org\r\nBcc: b@example.org"};
  CHECK(code_of(mail) == ErrorCode::invalid);
}

TEST_CASE("what a rule says of From and Reply-To is kept where it says something") {
  NotificationMail mail = sample_notification(Language::en);
  CHECK(encoded_text(mail).find("from_name") == std::string::npos);
  mail.sender.from_name = std::string(limits::name_bytes_max, 'x');
  mail.sender.reply_to = Address{"office@example.org"};
  const std::string text = encoded_text(mail);
  CHECK(decode(as_bytes(text)) == MailContent(mail));
  CHECK(decode_code(replaced(text, mail.sender.from_name, "")) == ErrorCode::invalid);
  CHECK(decode_code(replaced(text, "office@example.org", "")) == ErrorCode::invalid);
  CHECK(decode_code(replaced(text, "office@", "Office@")) == ErrorCode::invalid);
  mail.sender.from_name += 'x';
  CHECK(code_of(mail) == ErrorCode::invalid);
  mail.sender.from_name = "x";
  mail.sender.reply_to = Address{"a@example.org\r\nBcc: b@example.org"};
  CHECK(code_of(mail) == ErrorCode::invalid);
}

TEST_CASE("counts must fit what they count") {
  NotificationMail notification = sample_notification(Language::en);
  notification.file_names = {"a", "b"};
  notification.file_count = 1;
  CHECK(code_of(notification) == ErrorCode::invalid);
  DownloadedMail downloaded = sample_downloaded(Language::en);
  downloaded.downloaded_count = downloaded.file_count + 1;
  CHECK(code_of(downloaded) == ErrorCode::invalid);
  downloaded = sample_downloaded(Language::en);
  downloaded.files.clear();
  CHECK(code_of(downloaded) == ErrorCode::invalid);
  HandedOverMail handed_over = sample_handed_over(Language::en);
  handed_over.recipients.clear();
  CHECK(code_of(handed_over) == ErrorCode::invalid);
  handed_over.recipients.assign(limits::recipients_max, sample_recipient());
  CHECK(encode(handed_over).has_value());
  handed_over.recipients.push_back(sample_recipient());
  CHECK(code_of(handed_over) == ErrorCode::invalid);
}

TEST_CASE("a code is lower-case letters and digits, and lives some minutes") {
  CodeMail mail = sample_code(Language::en);
  for (const std::string_view code : {"", "ABC", "a b", "<b>", "\u00e4"}) {
    mail.code = code;
    CHECK(code_of(mail) == ErrorCode::invalid);
  }
  mail = sample_code(Language::en);
  mail.life = std::chrono::minutes(0);
  CHECK(code_of(mail) == ErrorCode::invalid);
}

TEST_CASE("stored mails are read in one spelling only") {
  const std::string good = encoded_text(sample_code(Language::en));
  CHECK(decode(as_bytes(good)).has_value());
  CHECK(decode_code("") == ErrorCode::invalid);
  CHECK(decode_code("[]") == ErrorCode::invalid);
  CHECK(decode_code(good + " ") == ErrorCode::invalid);
  CHECK(decode_code(replaced(good, "\"version\":1", "\"version\":2")) == ErrorCode::invalid);
  CHECK(decode_code(replaced(good, "\"version\":1", "\"version\": 1")) == ErrorCode::invalid);
  CHECK(decode_code(replaced(good, "\"code\",", "\"other\",")) == ErrorCode::invalid);
  CHECK(decode_code(replaced(good, "\"en\"", "\"fr\"")) == ErrorCode::invalid);
  CHECK(decode_code(replaced(good, "}", ",\"more\":1}")) == ErrorCode::invalid);
  CHECK(decode_code(replaced(good, "\"minutes\"", "\"seconds\"")) == ErrorCode::invalid);
}

TEST_CASE("a stored mail over the bound is too large") {
  CHECK(decode_code(std::string(limits::mail_bytes_max + 1, ' ')) == ErrorCode::too_large);
}
