#include "mail/mime.h"

#include "base/limits.h"
#include "mail/gmime_parts.h"

namespace couvert {
namespace {

// Checked before GMime sees it: a line break in a value would begin a header of its own.
Result<> check_value(std::string_view name, std::string_view value) {
  if (has_control(value) || !is_utf8(value)) {
    return fail(ErrorCode::invalid, std::string(name) + " holds what no header may hold");
  }
  return Result<>();
}

Result<> check_values(const MailHead& head, const MailText& text) {
  const std::pair<std::string_view, std::string_view> values[] = {
      {"From", head.from.text},
      {"To", head.to.text},
      {"From", text.from_name},
      {"Subject", text.subject},
      {"Reply-To", text.reply_to ? std::string_view(text.reply_to->text) : std::string_view()}};
  for (const auto& [name, value] : values) {
    const Result<> checked = check_value(name, value);
    if (!checked) return checked;
  }
  if (head.from.text.empty() || head.to.text.empty()) {
    return fail(ErrorCode::invalid, "a mail without From or To");
  }
  if (!is_utf8(text.text) || !is_utf8(text.html)) {
    return fail(ErrorCode::invalid, "a mail that is not UTF-8");
  }
  return Result<>();
}

enum class SentBy { server, person };

void set_headers(GMimeMessage* message, const MailHead& head, const MailText& text) {
  set_header(message, "Date", date_text(head.date));
  set_from(message, text.from_name, head.from);
  if (text.reply_to) add_mailbox(message, GMIME_ADDRESS_TYPE_REPLY_TO, *text.reply_to);
  add_mailbox(message, GMIME_ADDRESS_TYPE_TO, head.to);
  set_subject(message, text.subject);
  set_header(message, "Content-Language", std::string(name_of(text.language)));
}

void set_own_headers(GMimeMessage* message, const MailHead& head) {
  const std::string id = head.mail_id.text() + "@" + std::string(head.from.domain());
  g_mime_message_set_message_id(message, id.c_str());
  set_header(message, "Auto-Submitted", "auto-generated");  // RFC 3834
  set_header(message, "X-Auto-Response-Suppress", "All");   // the same for Exchange
}

Result<Buffer> build(const MailHead& head, const MailText& text, SentBy by) {
  const Result<> checked = check_values(head, text);
  if (!checked) return pass(checked);
  if (text.text.size() + text.html.size() > limits::mail_bytes_max) {
    return fail(ErrorCode::too_large, "a mail is too large");
  }
  start_gmime();
  const Owned<GMimeMessage> message(g_mime_message_new(FALSE));
  set_headers(message.get(), head, text);
  if (by == SentBy::server) set_own_headers(message.get(), head);
  if (by == SentBy::person) set_header(message.get(), "X-Unsent", "1");
  const Owned<GMimeMultipart> both(g_mime_multipart_new_with_subtype("alternative"));
  // "=_" never stands in quoted-printable text, so this cannot be part of the content.
  g_mime_multipart_set_boundary(both.get(), ("=_" + head.mail_id.text()).c_str());
  const auto plain = make_part("plain", text.text, GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE);
  const auto html = make_part("html", text.html, GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE);
  g_mime_multipart_add(both.get(), GMIME_OBJECT(plain.get()));
  g_mime_multipart_add(both.get(), GMIME_OBJECT(html.get()));
  g_mime_message_set_mime_part(message.get(), GMIME_OBJECT(both.get()));

  Buffer bytes = write_message(message.get());
  if (bytes.size() > limits::mail_bytes_max) {
    return fail(ErrorCode::too_large, "a mail is too large");
  }
  INVARIANT(keeps_lines(as_text(bytes)));
  return bytes;
}

}  // namespace

Result<Buffer> build_message(const MailHead& head, const MailText& text) {
  return build(head, text, SentBy::server);
}

Result<Buffer> build_unsent_message(const MailHead& head, const MailText& text) {
  return build(head, text, SentBy::person);
}

}  // namespace couvert
