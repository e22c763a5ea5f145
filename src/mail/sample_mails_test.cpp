#include "mail/sample_mails.h"

namespace couvert {

using namespace std::chrono_literals;

Address sample_recipient() {
  return parse_address("lab@example.com").value();
}

CodeMail sample_code(Language language) {
  return {.language = language,
          .code = "k4mx7w9qfr",
          .life = 30min,
          .purpose = CodePurpose::provide,
          .asked = from_unix(1'795'000'000)};
}

CodeMail sample_program_code(Language language) {
  CodeMail mail = sample_code(language);
  mail.purpose = CodePurpose::any;
  mail.client = ClientKind::program;
  return mail;
}

NotificationMail sample_notification(Language language) {
  NotificationMail mail;
  mail.language = language;
  mail.sender = {"Dr. Anna M\u00fcller-Sch\u00f6nfeld", "+49 261 123456-78",
                 parse_address("practice@example.org").value()};
  mail.download_link = "https://transfer.example.org/r/abcdefghijklmnopqrstuvwxyz";
  mail.reply_link = "https://transfer.example.org/provide?reply=abc&to=practice@example.org";
  mail.tracking_id = TrackingId::parse("qwertyuiopasdfghjklzxcvbna").value();
  mail.expires = from_unix(1'796'000'000);
  return mail;
}

NotificationMail sample_own_notification(Language language) {
  NotificationMail mail = sample_notification(language);
  mail.open_by = OpenBy::link;
  mail.download_link += "#AV9fX19fX19fX19fX19fX19fX19fX19fX19fX19fX18";
  mail.subject = "R\u00f6ntgenbilder \U0001F600 Frau K.";
  mail.text = "Liebe Kollegin,\n\nanbei die Aufnahmen.\n\nGru\u00df\nAnna";
  mail.file_names = {"OPG 2026-11-20.dcm", "\u00dcberweisung.pdf"};
  mail.file_count = 42;
  return mail;
}

HandedOverMail sample_handed_over(Language language) {
  HandedOverMail mail;
  mail.language = language;
  mail.recipients = {sample_recipient(), parse_address("second@example.net").value()};
  mail.tracking_id = sample_notification(language).tracking_id;
  mail.expires = sample_notification(language).expires;
  return mail;
}

DownloadedMail sample_downloaded(Language language) {
  DownloadedMail mail;
  mail.language = language;
  mail.recipient = sample_recipient();
  mail.when = from_unix(1'795'000'000);
  mail.tracking_id = sample_notification(language).tracking_id;
  mail.files = {{1, "OPG 2026-11-20.dcm"}, {2, ""}};
  mail.downloaded_count = 2;
  mail.file_count = 5;
  return mail;
}

UndeliverableMail sample_undeliverable(Language language) {
  UndeliverableMail mail;
  mail.language = language;
  mail.recipient = sample_recipient();
  mail.tracking_id = sample_notification(language).tracking_id;
  mail.server_answer = "550 5.1.1 <lab@example.com>: Recipient address rejected: User unknown";
  return mail;
}

WrongPasswordsMail sample_wrong_passwords(Language language) {
  WrongPasswordsMail mail;
  mail.language = language;
  mail.recipient = sample_recipient();
  mail.tracking_id = sample_notification(language).tracking_id;
  mail.expires = sample_notification(language).expires;
  mail.count = 20;
  return mail;
}

PasswordAskedMail sample_password_asked(Language language) {
  PasswordAskedMail mail;
  mail.language = language;
  mail.recipient = sample_recipient();
  mail.tracking_id = sample_notification(language).tracking_id;
  mail.expires = sample_notification(language).expires;
  return mail;
}

RevokedMail sample_revoked(Language language) {
  const NotificationMail told = sample_notification(language);
  return {language, told.sender, told.tracking_id};
}

RevocationMail sample_revocation(Language language) {
  const HandedOverMail told = sample_handed_over(language);
  return {language, told.recipients, told.tracking_id};
}

ExpiredMail sample_expired(Language language) {
  ExpiredMail mail;
  mail.language = language;
  mail.open_by = language == Language::nl ? OpenBy::link : OpenBy::password;
  const std::vector<Address> told = sample_handed_over(language).recipients;
  mail.recipients = {
      {told[0], MailState::handed_over, true, 3},
      {told[1], MailState::handed_over, false, 0},
      {parse_address("third@example.net").value(), MailState::failed, false, 0},
      {parse_address("fourth@example.net").value(), MailState::handed_over, true, 0}};
  mail.file_count = 5;
  mail.tracking_id = sample_notification(language).tracking_id;
  mail.expired = sample_notification(language).expires;
  return mail;
}

TroubleMail sample_trouble(Language language, TroubleKind trouble) {
  TroubleMail mail;
  mail.language = language;
  mail.trouble = trouble;
  mail.when = sample_notification(language).expires;
  if (trouble == TroubleKind::disk) mail.what = "/var/lib/couvert/objects";
  if (trouble == TroubleKind::certificate) mail.what = "/etc/couvert/cert.pem";
  if (trouble == TroubleKind::mail_server) mail.what = "mail.example.org";
  mail.number = 7;
  return mail;
}

NotificationMail sample_connected_notification(Language language) {
  NotificationMail mail = sample_notification(language);
  mail.open_by = OpenBy::quick;
  return mail;
}

NotificationMail sample_invitation(Language language) {
  NotificationMail mail = sample_notification(language);
  mail.invites = true;
  return mail;
}

HandedOverMail sample_mixed_handed_over(Language language) {
  HandedOverMail mail = sample_handed_over(language);
  mail.connected_count = 1;
  return mail;
}

PasswordAskedMail sample_device_asked(Language language) {
  PasswordAskedMail mail = sample_password_asked(language);
  mail.open_by = OpenBy::quick;
  return mail;
}

QuickMail sample_quick(Language language, QuickEvent event) {
  QuickMail mail{language, event, sample_recipient(), {}, {}, "https://couvert.example.org/quick"};
  mail.when = sample_notification(language).expires;
  const bool is_device = event == QuickEvent::activated || event == QuickEvent::new_device ||
                         event == QuickEvent::anew;
  if (is_device) mail.device = "Firefox on Windows";
  return mail;
}

ProgramMail sample_program(Language language) {
  return {language,
          sample_recipient(),
          "Nightly backup",
          {Scope::send, Scope::sent},
          sample_notification(language).expires,
          "https://couvert.example.org/device"};
}

std::vector<std::pair<std::string_view, MailContent>> sample_mails(Language language) {
  return {{"code", sample_code(language)},
          {"program's code", sample_program_code(language)},
          {"notification", sample_notification(language)},
          {"own notification", sample_own_notification(language)},
          {"connected notification", sample_connected_notification(language)},
          {"invitation", sample_invitation(language)},
          {"handed over", sample_handed_over(language)},
          {"mixed handed over", sample_mixed_handed_over(language)},
          {"downloaded", sample_downloaded(language)},
          {"undeliverable", sample_undeliverable(language)},
          {"wrong passwords", sample_wrong_passwords(language)},
          {"password asked", sample_password_asked(language)},
          {"device asked", sample_device_asked(language)},
          {"revoked", sample_revoked(language)},
          {"revocation", sample_revocation(language)},
          {"expired", sample_expired(language)},
          {"disk", sample_trouble(language, TroubleKind::disk)},
          {"certificate", sample_trouble(language, TroubleKind::certificate)},
          {"mail server", sample_trouble(language, TroubleKind::mail_server)},
          {"program", sample_program(language)},
          {"quick activated", sample_quick(language, QuickEvent::activated)},
          {"quick new device", sample_quick(language, QuickEvent::new_device)},
          {"quick anew", sample_quick(language, QuickEvent::anew)},
          {"quick reset", sample_quick(language, QuickEvent::reset)},
          {"quick connected", sample_quick(language, QuickEvent::connected)},
          {"quick changed", sample_quick(language, QuickEvent::changed)},
          {"quick removed", sample_quick(language, QuickEvent::removed)}};
}

}  // namespace couvert
