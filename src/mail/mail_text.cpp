#include "mail/mail_text.h"

#include <algorithm>

#include "mail/mail_page.h"
#include "mail/plain.h"

namespace couvert {
namespace {

constexpr std::size_t shown_name_columns = 60;
constexpr std::size_t shown_file_columns = 76;  // beside "- " in plain text
constexpr std::size_t shown_recipients_max = 50;

// A name for a header or a sentence: one line, not too long. Angle brackets and @ would look like
// an address that is not the sender's.
std::string plain_name(std::string_view name) {
  std::string out = one_line(name);
  std::replace_if(
      out.begin(), out.end(), [](char c) { return c == '<' || c == '>' || c == '@' || c == '"'; },
      ' ');
  return shortened(one_line(out), shown_name_columns);
}

std::string name_of_sender(const SenderCard& sender) {
  const std::string name = plain_name(sender.name);
  return name.empty() ? sender.address.text : name;
}

// An address as it is, so that it can be copied, unless its local part could pass for a web page.
std::string shown_address(const Address& address) {
  const std::string_view local = address.local_part();
  const bool usual = std::all_of(local.begin(), local.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-' ||
           c == '+';
  });
  return usual ? address.text : without_links(one_line(address.text));
}

// Everything that the functions below share.
struct Writer {
  const Catalogue& catalogue;
  const MailFrame& frame;
  Language language;

  std::string operator()(std::string_view key, const Arguments& arguments = {}) const {
    return catalogue.text(language, key, arguments);
  }
  LocalTime local(Instant instant) const { return {instant, frame.time_zone}; }
  std::string organisation() const { return one_line(frame.organisation); }

  MailPage page(std::string_view heading) const {
    return MailPage({std::string(name_of(language)), organisation(), mail_colours(frame.colours)},
                    heading);
  }

  MailText finish(const MailPage& page, std::string_view subject) const {
    const std::string organisation_name = organisation();
    const std::string last = (*this)("mail.automatic", {{"organisation", organisation_name}});
    MailText mail;
    mail.language = language;
    mail.from_name = organisation_name;
    mail.subject = one_line(subject);
    mail.text = page.text(last);
    mail.html = page.html(last);
    return mail;
  }
};

void add_details(MailPage& page, const Writer& write, const std::vector<Row>& rows) {
  page.section(write("mail.details.title"));
  page.rows(rows, RowsKind::long_values);
}

Row tracking_row(const Writer& write, const TrackingId& id) {
  return {write("mail.details.tracking_id"), id.text()};
}

Row expiry_row(const Writer& write, Instant expires) {
  return {write("mail.details.expiry_date"), write("mail.date", {{"date", write.local(expires)}})};
}

// Names first, then how many more there are.
void add_list(MailPage& page, std::vector<std::string> items, const std::string& more) {
  if (!more.empty()) items.push_back(more);
  page.list(items, ListKind::plain);
}

std::string more_text(const Writer& write, std::string_view key, std::int64_t count) {
  return count > 0 ? write(key, {{"count", count}}) : std::string();
}

MailText write_kind(const Writer& write, const CodeMail& mail) {
  MailPage page = write.page(write("mail.code.title"));
  const std::string_view client = name_of(mail.client);
  page.paragraph(write("mail.code.intro." + std::string(name_of(mail.purpose))));
  page.code(mail.code);
  page.section(write("mail.code.steps"));
  page.list({write("mail.code.step_copy"), write("mail.code.step_return", {{"client", client}}),
             write("mail.code.step_verify", {{"client", client}})},
            ListKind::numbered);
  page.paragraph(write("mail.code.validity",
                       {{"minutes", std::int64_t{mail.life.count()}}, {"client", client}}));
  page.notice(write("mail.code.never"));
  if (mail.asked) {
    page.remark(write("mail.code.asked", {{"date", write.local(*mail.asked)}, {"client", client}}));
  }
  page.remark(write("mail.code.ignore"));
  return write.finish(page, write("mail.code.subject"));
}

void add_sender(MailPage& page, const Writer& write, const SenderCard& sender) {
  std::vector<Row> rows = {
      {write("mail.notification.sender"), without_links(name_of_sender(sender))}};
  const std::string phone = without_links(one_line(sender.phone));
  if (!phone.empty()) {
    rows.push_back({write("mail.notification.phone"), phone, phone_link(sender.phone)});
  }
  rows.push_back({write("mail.notification.address"), shown_address(sender.address)});
  page.rows(rows, RowsKind::short_values);
}

// The sender's own words are marked as such; the default text is the organisation's.
void add_sender_text(MailPage& page, const Writer& write, const NotificationMail& mail) {
  const std::string own = many_lines(mail.text);
  const std::string usual =
      default_notification(write.catalogue, write.language, name_of_sender(mail.sender)).text;
  if (one_line(own).empty() || one_line(own) == one_line(usual)) {
    page.paragraph(without_links(usual));
    return;
  }
  page.section(write("mail.notification.text"));
  page.quote(without_links(own));
}

void add_files(MailPage& page, const Writer& write, const NotificationMail& mail) {
  if (mail.file_names.empty()) return;
  page.section(write("mail.notification.files", {{"count", std::int64_t{mail.file_count}}}));
  std::vector<std::string> names;
  names.reserve(mail.file_names.size());
  for (const std::string& name : mail.file_names) {
    names.push_back(without_links(shortened(one_line(name), shown_file_columns)));
  }
  const auto more = mail.file_count - static_cast<std::int64_t>(names.size());
  add_list(page, std::move(names), more_text(write, "mail.more_files", more));
}

// From whom a recipient's mail seems to come, and who gets the answers, where rules say so.
void apply_rule(const SenderCard& sender, MailText& text) {
  const std::string from_name = plain_name(sender.from_name);
  if (!from_name.empty()) text.from_name = from_name;
  text.reply_to = sender.reply_to.value_or(sender.address);
}

MailText write_kind(const Writer& write, const NotificationMail& mail) {
  const std::string name = name_of_sender(mail.sender);
  const NotificationText usual = default_notification(write.catalogue, write.language, name);
  MailPage page = write.page(without_links(usual.subject));
  add_sender(page, write, mail.sender);
  page.button(write("mail.notification.download"), mail.download_link, ButtonKind::main);
  page.paragraph(write("mail.notification.available", {{"date", write.local(mail.expires)}}));
  if (mail.open_by == OpenBy::password) page.notice(write("mail.notification.password"));
  if (mail.open_by == OpenBy::quick) page.good_news(write("mail.notification.connected"));
  add_sender_text(page, write, mail);
  add_files(page, write, mail);
  if (mail.invites) page.remark(write("mail.notification.invites"));
  page.button(write("mail.notification.reply"), mail.reply_link, ButtonKind::second);
  page.remark(write("mail.notification.reply_hint"));
  add_details(page, write,
              {tracking_row(write, mail.tracking_id), expiry_row(write, mail.expires)});
  page.link_to_copy(write("mail.notification.link_hint"), mail.download_link);
  if (!write.frame.abuse.empty()) {
    page.remark(write("mail.notification.abuse", {{"address", write.frame.abuse}}));
  }

  const std::string subject = one_line(mail.subject);
  MailText text = write.finish(page, subject.empty() ? usual.subject : subject);
  const std::string organisation = write.organisation();
  text.from_name =
      plain_name(mail.sender.name).empty()
          ? organisation
          : write("mail.from.sender", {{"name", name}, {"organisation", organisation}});
  apply_rule(mail.sender, text);
  return text;
}

// The first of them, and how many more there are.
void add_recipients(MailPage& page, const Writer& write, const std::vector<Address>& recipients) {
  std::vector<std::string> shown;
  for (const Address& address : recipients) {
    if (shown.size() < shown_recipients_max) shown.push_back(shown_address(address));
  }
  const auto more = static_cast<std::int64_t>(recipients.size() - shown.size());
  add_list(page, std::move(shown), more_text(write, "mail.handed_over.more", more));
}

// What the sender still has to do for these recipients.
std::string_view way_of(const HandedOverMail& mail) {
  if (mail.open_by == OpenBy::link) return "no_password";
  const auto connected = static_cast<std::size_t>(mail.connected_count);
  return connected == mail.recipients.size() ? "quick" : "password";
}

MailText write_kind(const Writer& write, const HandedOverMail& mail) {
  const auto count = static_cast<std::int64_t>(mail.recipients.size());
  const std::string subject = write("mail.handed_over.subject", {{"count", count}});
  MailPage page = write.page(subject);
  page.paragraph(write("mail.handed_over.intro", {{"count", count}}));
  add_recipients(page, write, mail.recipients);
  const std::string_view way = way_of(mail);
  const std::string left = write("mail.handed_over." + std::string(way));
  if (way == "quick") {
    page.good_news(left);
  } else {
    page.notice(left);
  }
  if (mail.connected_count > 0 && mail.connected_count < count) {
    page.remark(
        write("mail.handed_over.connected", {{"count", std::int64_t{mail.connected_count}}}));
  }
  add_details(page, write,
              {tracking_row(write, mail.tracking_id), expiry_row(write, mail.expires)});
  return write.finish(page, subject);
}

MailText write_kind(const Writer& write, const DownloadedMail& mail) {
  const std::string recipient = shown_address(mail.recipient);
  const std::int64_t count = mail.downloaded_count;
  MailPage page = write.page(write("mail.downloaded.title", {{"count", count}}));
  page.paragraph(
      write("mail.downloaded.intro",
            {{"recipient", recipient}, {"count", count}, {"date", write.local(mail.when)}}));
  std::vector<std::string> files;
  for (const DownloadedFile& file : mail.files) {
    const std::string name = without_links(shortened(one_line(file.name), shown_file_columns));
    files.push_back(
        !name.empty() ? name
                      : write("mail.downloaded.file", {{"number", std::int64_t{file.number}},
                                                       {"count", std::int64_t{mail.file_count}}}));
  }
  const auto more = count - static_cast<std::int64_t>(files.size());
  add_list(page, std::move(files), more_text(write, "mail.more_files", more));
  add_details(page, write, {tracking_row(write, mail.tracking_id)});
  return write.finish(page,
                      write("mail.downloaded.subject",
                            {{"recipient", one_line(mail.recipient.text)}, {"count", count}}));
}

MailText write_kind(const Writer& write, const UndeliverableMail& mail) {
  const std::string recipient = shown_address(mail.recipient);
  MailPage page = write.page(write("mail.undeliverable.title"));
  page.paragraph(write("mail.undeliverable.intro", {{"recipient", recipient}}));
  page.section(write("mail.undeliverable.steps"));
  page.list({write("mail.undeliverable.step_check"), write("mail.undeliverable.step_call"),
             write("mail.undeliverable.step_again")},
            ListKind::numbered);
  const std::string answer = without_links(one_line(mail.server_answer));
  if (!answer.empty()) {
    page.section(write("mail.undeliverable.answer"));
    page.quote(answer);
  }
  add_details(page, write, {tracking_row(write, mail.tracking_id)});
  return write.finish(
      page, write("mail.undeliverable.subject", {{"recipient", one_line(mail.recipient.text)}}));
}

MailText write_kind(const Writer& write, const WrongPasswordsMail& mail) {
  const std::string recipient = shown_address(mail.recipient);
  MailPage page = write.page(write("mail.wrong_passwords.title"));
  page.paragraph(write("mail.wrong_passwords.intro",
                       {{"recipient", recipient}, {"count", std::int64_t{mail.count}}}));
  page.notice(write("mail.wrong_passwords.safe", {{"recipient", recipient}}));
  page.section(write("mail.wrong_passwords.steps"));
  page.list({write("mail.wrong_passwords.step_call"), write("mail.wrong_passwords.step_tell"),
             write("mail.wrong_passwords.step_revoke")},
            ListKind::numbered);
  add_details(page, write,
              {tracking_row(write, mail.tracking_id), expiry_row(write, mail.expires)});
  page.remark(write("mail.wrong_passwords.once"));
  return write.finish(
      page, write("mail.wrong_passwords.subject", {{"recipient", one_line(mail.recipient.text)}}));
}

MailText write_kind(const Writer& write, const PasswordAskedMail& mail) {
  const std::string recipient = shown_address(mail.recipient);
  // Nobody can give a transfer by QUICK a password later: there the way is a new one, then a call.
  const bool is_quick = mail.open_by == OpenBy::quick;
  const std::string key = is_quick ? "mail.device_asked." : "mail.password_asked.";
  const std::string tell = write("mail.password_asked.step_tell");
  const std::string anew = write(key + "step_anew");
  MailPage page = write.page(write(key + "title"));
  page.paragraph(write(key + "intro", {{"recipient", recipient}}));
  page.section(write("mail.password_asked.steps"));
  page.list(
      {write("mail.password_asked.step_call"), is_quick ? anew : tell, is_quick ? tell : anew},
      ListKind::numbered);
  page.notice(write("mail.password_asked.never"));
  add_details(page, write,
              {tracking_row(write, mail.tracking_id), expiry_row(write, mail.expires)});
  page.remark(write("mail.password_asked.once"));
  return write.finish(
      page, write("mail.password_asked.subject", {{"recipient", one_line(mail.recipient.text)}}));
}

MailText write_kind(const Writer& write, const TroubleMail& mail) {
  const std::string key = "mail.trouble." + std::string(name_of(mail.trouble)) + ".";
  // The operator's own words, which may be copied: no joiners in a path.
  const std::string what = one_line(mail.what);
  const Arguments values = {
      {"what", what}, {"number", std::int64_t{mail.number}}, {"date", write.local(mail.when)}};
  const std::string subject = write(key + "subject", values);
  MailPage page = write.page(subject);
  page.paragraph(write(key + "intro", values));
  page.section(write("mail.trouble.steps"));
  page.paragraph(write(key + "step", values));
  page.remark(write("mail.trouble.daily"));
  return write.finish(page, subject);
}

MailText write_kind(const Writer& write, const QuickMail& mail) {
  const std::string key = "mail.quick." + std::string(name_of(mail.event)) + ".";
  const std::string about = shown_address(mail.about);
  const std::string device = without_links(one_line(mail.device));
  MailPage page = write.page(write(key + "title"));
  page.paragraph(write(key + "intro", {{"address", about}, {"date", write.local(mail.when)}}));
  if (!device.empty()) page.rows({{write("mail.quick.device"), device}}, RowsKind::short_values);
  const std::string next = write(key + "next");
  if (mail.event == QuickEvent::connected) {
    page.good_news(next);
  } else {
    page.notice(next);
  }
  page.button(write("mail.quick.open"), mail.link, ButtonKind::second);
  page.remark(write("mail.quick.never"));
  return write.finish(page, write(key + "subject", {{"address", one_line(mail.about.text)}}));
}

MailText write_kind(const Writer& write, const ProgramMail& mail) {
  const std::string address = shown_address(mail.address);
  MailPage page = write.page(write("mail.program.title"));
  page.paragraph(
      write("mail.program.intro", {{"address", address}, {"date", write.local(mail.when)}}));
  page.rows({{write("mail.program.name"), without_links(one_line(mail.name))}},
            RowsKind::short_values);
  page.section(write("mail.program.allowed"));
  std::vector<std::string> may;
  for (const Scope scope : mail.scopes) {
    may.push_back(write("mail.program.may." + std::string(name_of(scope))));
  }
  page.list(std::move(may), ListKind::plain);
  page.notice(write("mail.program.not_you"));
  page.button(write("mail.program.open"), mail.link, ButtonKind::second);
  page.remark(write("mail.program.says"));
  return write.finish(page,
                      write("mail.program.subject", {{"address", one_line(mail.address.text)}}));
}

MailText write_kind(const Writer& write, const RevokedMail& mail) {
  const std::string name = name_of_sender(mail.sender);
  const std::string subject = write("mail.revoked.subject", {{"name", name}});
  MailPage page = write.page(without_links(subject));
  page.paragraph(write("mail.revoked.intro"));
  add_sender(page, write, mail.sender);
  page.remark(write("mail.revoked.ask"));
  add_details(page, write, {tracking_row(write, mail.tracking_id)});
  MailText text = write.finish(page, subject);
  apply_rule(mail.sender, text);
  return text;
}

MailText write_kind(const Writer& write, const RevocationMail& mail) {
  const auto count = static_cast<std::int64_t>(mail.recipients.size());
  const std::string subject = write("mail.revocation.subject");
  MailPage page = write.page(subject);
  page.paragraph(write("mail.revocation.intro", {{"count", count}}));
  add_recipients(page, write, mail.recipients);
  page.remark(write("mail.revocation.kept"));
  add_details(page, write, {tracking_row(write, mail.tracking_id)});
  return write.finish(page, subject);
}

// "anna@example.org: 2 of 5 files downloaded"
std::string summary_line(const Writer& write, const ExpiredMail& mail,
                         const RecipientSummary& one) {
  const std::int64_t files = mail.file_count;
  const std::string recipient = shown_address(one.address);
  const Arguments arguments = {{"recipient", recipient},
                               {"downloaded", std::int64_t{one.downloaded_count}},
                               {"count", files}};
  if (one.downloaded_count > 0) return write("mail.expired.downloaded", arguments);
  if (one.opened && files > 0) return write("mail.expired.nothing_downloaded", arguments);
  if (one.opened) return write("mail.expired.opened", arguments);
  if (one.mail == MailState::failed) return write("mail.expired.undelivered", arguments);
  if (mail.open_by == OpenBy::link) return write("mail.expired.unknown", arguments);
  return write("mail.expired.unopened", arguments);
}

MailText write_kind(const Writer& write, const ExpiredMail& mail) {
  // Those who missed it first: they are what the sender has to look at.
  std::vector<RecipientSummary> all = mail.recipients;
  std::ranges::stable_partition(all, [](const RecipientSummary& one) { return !one.opened; });
  std::vector<std::string> lines;
  std::int64_t missing = 0;
  for (const RecipientSummary& one : all) {
    missing += one.opened ? 0 : 1;
    if (lines.size() < shown_recipients_max) {
      lines.push_back(summary_line(write, mail, one));
    }
  }
  const auto more = static_cast<std::int64_t>(all.size() - lines.size());
  const std::string subject = mail.open_by == OpenBy::link
                                  ? write("mail.expired.title")
                                  : write("mail.expired.subject", {{"count", missing}});
  MailPage page = write.page(write("mail.expired.title"));
  page.paragraph(write("mail.expired.intro"));
  add_list(page, std::move(lines), more_text(write, "mail.handed_over.more", more));
  if (missing > 0) page.remark(write("mail.expired.again"));
  add_details(page, write,
              {tracking_row(write, mail.tracking_id), expiry_row(write, mail.expired)});
  return write.finish(page, subject);
}

}  // namespace

MailText write_mail(const Catalogue& catalogue, const MailFrame& frame,
                    const MailContent& content) {
  const Writer write{catalogue, frame, language_of(content)};
  return std::visit([&write](const auto& mail) { return write_kind(write, mail); }, content);
}

NotificationText default_notification(const Catalogue& catalogue, Language language,
                                      std::string_view sender_name) {
  const std::string name = plain_name(sender_name);
  const Arguments arguments = {{"name", name}};
  return {catalogue.text(language, "mail.notification.default_subject", arguments),
          catalogue.text(language, "mail.notification.default_text", arguments)};
}

}  // namespace couvert
