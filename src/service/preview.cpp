#include "service/preview.h"

#include "mail/mail_text.h"
#include "service/notification.h"
#include "service/reply_link.h"

namespace couvert {
namespace {

// Stands in the preview's links where each recipient will have an ID of its own.
constexpr std::string_view example_id = "abcdefghijklmnopqrstuvwxy4";

// The HTML part with links that open nothing: a frame that may open no window lets them be.
std::string with_dead_links(std::string html) {
  constexpr std::string_view head = "<head>\n";
  const std::size_t at = html.find(head);
  INVARIANT(at != std::string::npos);
  html.insert(at + head.size(), "<base target=\"_blank\">\n");
  return html;
}

}  // namespace

Result<Preview> ShowPreview::show(const Caller& caller, const PreviewRequest& request) {
  const Result<> proven = Verify(parts_).prove(caller, request.from);
  if (!proven) return pass(proven);
  const Result<std::string> name = check_line(request.name, limits::name_bytes_max);
  const Result<std::string> phone = check_line(request.phone, limits::phone_bytes_max);
  const Result<std::string> subject = check_line(request.subject, limits::subject_bytes_max);
  const Result<std::string> text = check_text(request.text, limits::notification_bytes_max);
  for (const Result<std::string>* checked : {&name, &phone, &subject, &text}) {
    if (!*checked) return pass(*checked);
  }
  NotificationMail mail;
  mail.language = request.language;
  mail.sender = {*name, *phone, request.from};
  mail.subject = *subject;
  mail.text = *text;
  mail.download_link = parts_.settings.base_url + "/r/" + std::string(example_id);
  mail.reply_link = reply_link(parts_.settings.base_url, example_id, request.from);
  const Result<TrackingId> tracking_id = TrackingId::parse(example_id);
  if (tracking_id) mail.tracking_id = *tracking_id;
  mail.expires = request.expires;
  mail.open_by = request.open_by;
  mail.file_count = static_cast<int>(request.file_names.size());
  for (const std::string& file : request.file_names) {
    if (mail.file_names.size() < mail_file_names_max) mail.file_names.push_back(file);
  }
  const MailFrame frame = mail_frame(parts_.settings);
  MailText written = write_mail(parts_.catalogue, frame, mail);
  const NotificationText plain = default_notification(parts_.catalogue, request.language, *name);
  return Preview{written.subject, written.text, plain.subject, plain.text,
                 with_dead_links(std::move(written.html))};
}

}  // namespace couvert
