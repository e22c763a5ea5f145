#include "mail/mail_text.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <sstream>

#include "base/limits.h"
#include "mail/sample_mails.h"

using namespace couvert;

namespace {

const Catalogue& catalogue() {
  static const Catalogue texts;
  return texts;
}

const MailFrame example_frame = {.organisation = "Example Chamber", .time_zone = "Europe/Berlin"};

MailText write(const MailContent& content) {
  return write_mail(catalogue(), example_frame, content);
}

bool has(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

std::size_t count(std::string_view text, std::string_view part) {
  std::size_t found = 0;
  for (std::size_t at = text.find(part); at != std::string_view::npos; at = text.find(part, at + 1))
    ++found;
  return found;
}

// Code points of the longest line that is no link.
std::size_t widest_line(const std::string& text) {
  std::istringstream lines(text);
  std::size_t widest = 0;
  for (std::string line; std::getline(lines, line);) {
    const auto points = static_cast<std::size_t>(
        std::count_if(line.begin(), line.end(), [](char c) { return (c & 0xC0) != 0x80; }));
    if (!line.starts_with("https://")) widest = std::max(widest, points);
  }
  return widest;
}

// What user text might try; none of it may come out as it went in.
const std::string attack =
    "<script>alert(1)</script><a href='https://evil.example'>x</a>\r\nBcc: v@example.net\r\n\r\n"
    "www.evil.example \u202egpj.exe {0} {{7*7}} ${7*7} <%= 7 %> &lt;b&gt; \"' https://evil.example";

}  // namespace

TEST_CASE("every mail in every language has subject, text and HTML, and no gap in its words") {
  for (const Language language : all_languages) {
    for (const auto& [name, content] : sample_mails(language)) {
      INFO(name);
      const MailText mail = write(content);
      CHECK(mail.language == language);
      CHECK_FALSE(mail.subject.empty());
      CHECK(mail.from_name.find("Example Chamber") != std::string::npos);
      CHECK(has(mail.html, "<html lang=\"" + std::string(name_of(language)) + "\">"));
      CHECK(has(mail.text, "Example Chamber"));
      CHECK_FALSE(has(mail.text, "{"));
      CHECK_FALSE(has(mail.subject, "{"));
      CHECK(widest_line(mail.text) <= 78);
      CHECK(mail.html.size() < 20'000);
      CHECK(mail == write(content));
    }
  }
}

TEST_CASE("no mail needs a picture, a script or a second request") {
  for (const auto& [name, content] : sample_mails(Language::de)) {
    const std::string html = write(content).html;
    for (const std::string_view part : {"<img", "<script", "url(", "@import", "<link", "src="}) {
      CHECK_FALSE(has(html, part));
    }
  }
}

TEST_CASE("the code mail shows the code once and says nothing that the asker chose") {
  const MailText mail = write(sample_code(Language::en));
  CHECK(count(mail.text, "k4mx7w9qfr") == 1);
  CHECK(count(mail.html, "k4mx7w9qfr") == 1);
  CHECK_FALSE(has(mail.subject, "k4mx7w9qfr"));
  CHECK(has(mail.text, "30 minutes"));
  CHECK(has(mail.text, "1. Copy"));
  CHECK(has(mail.text, "did not ask"));
  CHECK(has(mail.text, "never ask you for this code"));
  CHECK(has(mail.html, "Asked for on 18 November 2026 at 12:06"));
  CHECK(mail.from_name == "Example Chamber");
  CHECK_FALSE(mail.reply_to.has_value());
  CHECK_FALSE(has(mail.html, "href="));
}

TEST_CASE("the code mail says what the code was asked for, and by what") {
  for (const Language language : all_languages) {
    std::vector<std::string> all;
    for (const auto purpose : {CodePurpose::any, CodePurpose::provide, CodePurpose::sent,
                               CodePurpose::received, CodePurpose::retrieve}) {
      CodeMail content = sample_code(language);
      content.purpose = purpose;
      all.push_back(write(content).text);
    }
    all.push_back(write(sample_program_code(language)).text);
    std::ranges::sort(all);
    CHECK(std::ranges::adjacent_find(all) == all.end());
  }
  const std::string browser = write(sample_code(Language::en)).html;
  CHECK(has(browser, "to send confidential messages and files from it:"));
  CHECK(has(browser, "in a browser"));
  CHECK(has(browser, "\u201cVerify\u201d"));
  const std::string program = write(sample_program_code(Language::en)).html;
  CHECK(has(program, ", in a program."));
  CHECK(has(program, "Go back to the program (such as Outlook, Thunderbird"));
  CHECK(has(program, "press Enter"));
  CHECK_FALSE(has(program, "browser"));
}

TEST_CASE("the notification names the sender, both buttons, the expiry and the tracking ID") {
  const NotificationMail content = sample_notification(Language::de);
  const MailText mail = write(content);
  CHECK(has(mail.subject, "Dr. Anna M\u00fcller-Sch\u00f6nfeld hat vertrauliche Inhalte"));
  CHECK(mail.from_name == "Dr. Anna M\u00fcller-Sch\u00f6nfeld \u00fcber Example Chamber");
  CHECK(mail.reply_to == content.sender.address);
  for (const std::string& form : {mail.text, mail.html}) {
    CHECK(has(form, "+49 261 123456-78"));
    CHECK(has(form, "practice@example.org"));
    CHECK(has(form, "Dateien abrufen"));
    CHECK(has(form, "Antworten"));
    CHECK(has(form, "Verf\u00fcgbar bis 30. November 2026 um 01:53 MEZ"));
    CHECK(has(form, "Passwort: bitte beim Absender erfragen"));
    CHECK(has(form, content.tracking_id.text()));
  }
  CHECK(count(mail.text, content.download_link) == 1);
  CHECK(count(mail.html, content.download_link) == 3);
  CHECK(has(mail.html, "href=\"https://transfer.example.org/provide?reply=abc&amp;to="));
  CHECK(count(mail.html, "<a ") == 4);
  CHECK(has(mail.html, "href=\"tel:+4926112345678\""));
  CHECK_FALSE(has(mail.text, "tel:"));
}

TEST_CASE("what is no telephone number leads nowhere") {
  NotificationMail content = sample_notification(Language::de);
  content.sender.phone = "+49 (0)261 123456";
  CHECK(has(write(content).html, "+49 (0)261 123456"));
  CHECK_FALSE(has(write(content).html, "tel:"));
  content.sender.phone = attack.substr(0, 60);
  CHECK_FALSE(has(write(content).html, "tel:"));
}

TEST_CASE("a notification says where misuse is reported, where that is configured") {
  MailFrame frame = example_frame;
  const auto told = [&](const MailContent& content) {
    return has(write_mail(catalogue(), frame, content).text, "abuse@example.org") &&
           has(write_mail(catalogue(), frame, content).html, "abuse@example.org");
  };
  CHECK_FALSE(has(write(sample_notification(Language::en)).text, "Report it"));
  frame.abuse = "abuse@example.org";
  for (const Language language : {Language::de, Language::nl, Language::en}) {
    CHECK(told(sample_notification(language)));
    CHECK_FALSE(told(sample_code(language)));
  }
}

TEST_CASE("a transfer by link says nothing of a password") {
  for (const Language language : all_languages) {
    const MailText mail = write(sample_own_notification(language));
    for (const std::string_view word : {"Passwort", "Wachtwoord", "Password", "password"}) {
      CHECK_FALSE(has(mail.text, word));
      CHECK_FALSE(has(mail.html, word));
    }
  }
}

TEST_CASE("the sender's own subject and text are used and marked, the default text is not") {
  const MailText own = write(sample_own_notification(Language::en));
  CHECK(own.subject == "R\u00f6ntgenbilder \U0001F600 Frau K.");
  CHECK(has(own.text, "> Liebe Kollegin,\n>\n> anbei"));
  CHECK(has(own.text, "Text from the sender"));

  NotificationMail mail = sample_notification(Language::en);
  const NotificationText usual = default_notification(catalogue(), Language::en, mail.sender.name);
  CHECK(usual.subject == write(mail).subject);
  const MailText untouched = write(mail);
  CHECK_FALSE(has(untouched.text, "Text of the sender"));
  mail.subject = usual.subject;
  mail.text = usual.text;
  CHECK(write(mail) == untouched);
}

TEST_CASE("file names are there only where they were chosen, the rest is counted") {
  CHECK_FALSE(has(write(sample_notification(Language::nl)).text, "bestanden\n---"));
  const MailText mail = write(sample_own_notification(Language::nl));
  CHECK(has(mail.text, "42 bestanden"));
  CHECK(has(mail.text, "- OPG 2026-11-20.\u200cdcm"));
  CHECK(has(mail.text, "- en nog 40 bestanden"));
}

TEST_CASE("a sender without a name appears by address, in From as the organisation alone") {
  NotificationMail content = sample_notification(Language::en);
  content.sender.name = "\u202e\u200b ";
  content.sender.phone = "";
  const MailText mail = write(content);
  CHECK(mail.from_name == "Example Chamber");
  CHECK(has(mail.subject, "practice"));
  CHECK_FALSE(has(mail.text, "Phone"));
}

TEST_CASE("no user text makes a header, a link, markup or a pattern") {
  NotificationMail content = sample_notification(Language::en);
  content.sender.name = attack.substr(0, limits::name_bytes_max);
  content.sender.phone = "<b>www.evil.example</b>";
  content.subject = attack;
  content.text = attack;
  content.file_names = {attack};
  content.file_count = 1;
  const MailText mail = write(content);
  CHECK_FALSE(has(mail.html, "<script"));
  CHECK_FALSE(has(mail.html, "<a href='"));
  CHECK_FALSE(has(mail.html, "<b>"));
  CHECK(count(mail.html, "<a ") == 3);
  CHECK(has(mail.html, "{{7*7}} ${7*7} &lt;%= 7 %&gt; &amp;lt;b&amp;gt;"));
  for (const std::string& form : {mail.html, mail.text}) {
    CHECK_FALSE(has(form, "evil.example"));
    CHECK_FALSE(has(form, "https://evil"));
    CHECK_FALSE(has(form, "v@example.net"));
    CHECK_FALSE(has(form, "\u202e"));
  }
  for (const std::string& line : {mail.subject, mail.from_name}) {
    CHECK(line.find_first_of("\r\n") == std::string::npos);
    CHECK_FALSE(has(line, "\u202e"));
  }
  CHECK_FALSE(has(mail.from_name, "@"));
  CHECK_FALSE(has(mail.from_name, "<"));
}

TEST_CASE("a rule's name and address stand in From and Reply-To, and nowhere else") {
  NotificationMail content = sample_notification(Language::en);
  const MailText plain = write(content);
  content.sender.from_name = "Front office";
  content.sender.reply_to = parse_address("office@example.org").value();
  const MailText mail = write(content);
  CHECK(mail.from_name == "Front office");
  CHECK(mail.reply_to == parse_address("office@example.org").value());
  CHECK(mail.text == plain.text);
  CHECK(mail.html == plain.html);
  CHECK(mail.subject == plain.subject);
  RevokedMail revoked = sample_revoked(Language::en);
  revoked.sender = content.sender;
  CHECK(write(revoked).from_name == "Front office");
  CHECK(write(revoked).reply_to == mail.reply_to);
}

TEST_CASE("a rule's name is text like any other, and one that shows nothing is none") {
  NotificationMail content = sample_notification(Language::en);
  content.sender.from_name = attack.substr(0, limits::name_bytes_max);
  const std::string name = write(content).from_name;
  CHECK(name.find_first_of("\r\n@<>\"") == std::string::npos);
  CHECK_FALSE(has(name, "\u202e"));
  content.sender.from_name = "\u202e\u200b <>";
  CHECK(write(content).from_name == write(sample_notification(Language::en)).from_name);
}

TEST_CASE("an address that could pass for a web page is not left as a link") {
  NotificationMail content = sample_notification(Language::en);
  content.sender.address = parse_address("evil.example/login@example.org").value();
  CHECK_FALSE(has(write(content).text, "evil.example"));
}

TEST_CASE("what the mail server said is text like any other") {
  UndeliverableMail content = sample_undeliverable(Language::en);
  content.server_answer = attack;
  const MailText mail = write(content);
  CHECK_FALSE(has(mail.html, "<script"));
  CHECK_FALSE(has(mail.text, "evil.example"));
  content.server_answer = "";
  CHECK_FALSE(has(write(content).text, "Answer of the mail server"));
}

TEST_CASE("the sender hears to whom mails went, and how the password is to go") {
  const MailText mail = write(sample_handed_over(Language::en));
  CHECK(mail.subject == "Your 2 recipients have been informed");
  CHECK(has(mail.text, "- lab@example.com\n- second@example.net\n"));
  CHECK(has(mail.text, "never by"));
  HandedOverMail content = sample_handed_over(Language::en);
  content.open_by = OpenBy::link;
  CHECK(has(write(content).text, "no password"));
  content.recipients.assign(limits::recipients_max, sample_recipient());
  CHECK(has(write(content).text, "and 450 more recipients"));
}

TEST_CASE("the sender hears who downloaded what: names where shown, else numbers") {
  const MailText mail = write(sample_downloaded(Language::de));
  CHECK(mail.subject == "lab@example.com hat 2 Dateien abgerufen");
  CHECK(has(mail.text, "- OPG 2026-11-20.\u200cdcm\n- Datei 2 von 5\n"));
  CHECK(has(mail.text, "18. November 2026 um 12:06 MEZ"));
}

TEST_CASE("the longest text that a person may write stays under what mail programs cut off") {
  NotificationMail content = sample_notification(Language::de);
  content.sender.name = std::string(limits::name_bytes_max, 'W');
  std::string text;
  while (text.size() + 40 < limits::notification_bytes_max) {
    text += "Stra\u00dfe \"12\" & Hof, www.example.org\n";
  }
  content.text = text;
  content.file_names.assign(mail_file_names_max, std::string(limits::file_name_bytes_max, 'x'));
  content.file_count = limits::files_max;
  CHECK(write(content).html.size() < 100 * 1024);
}

TEST_CASE("who needs no password is told so, and nobody is told to pass one on in vain") {
  const auto says = [](const MailContent& mail, std::string_view words) {
    std::string text = write(mail).text;
    std::replace(text.begin(), text.end(), '\n', ' ');
    return has(text, words);
  };
  const NotificationMail connected = sample_connected_notification(Language::en);
  CHECK(says(connected, "You need no password"));
  CHECK_FALSE(says(connected, "Password: please ask"));
  CHECK(says(sample_invitation(Language::en), "invites you to QUICK"));
  CHECK(says(sample_invitation(Language::en), "Password: please ask"));
  CHECK_FALSE(says(sample_notification(Language::en), "QUICK"));
  HandedOverMail mail = sample_mixed_handed_over(Language::en);
  CHECK(says(mail, "Now pass the password on"));
  CHECK(says(mail, "1 of the recipients is connected"));
  mail.connected_count = static_cast<int>(mail.recipients.size());
  CHECK(says(mail, "No password is needed"));
  CHECK_FALSE(says(mail, "pass the password on"));
  CHECK_FALSE(says(mail, "of the recipients"));
  CHECK(says(sample_device_asked(Language::en), "start a new transfer"));
}

TEST_CASE("what the operator has to look up can be copied as it stands") {
  const MailText mail = write(sample_trouble(Language::en, TroubleKind::certificate));
  CHECK(has(mail.text, "/etc/couvert/cert.pem"));
  CHECK(has(mail.html, "/etc/couvert/cert.pem"));
}
