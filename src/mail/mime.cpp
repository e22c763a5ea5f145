#include "mail/mime.h"

#include <algorithm>
#include <ctime>
#include <memory>

#include "base/limits.h"
#include "mail/gmime.h"

namespace couvert {
namespace {

constexpr std::size_t line_bytes_max = 998;  // RFC 5322 section 2.1.1

struct FreeOptions {
  void operator()(GMimeFormatOptions* options) const { g_mime_format_options_free(options); }
};
using Options = std::unique_ptr<GMimeFormatOptions, FreeOptions>;

bool is_ascii(std::string_view value) {
  return std::all_of(value.begin(), value.end(),
                     [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

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

// RFC 5322 section 3.3, in UTC and independent of the machine's locale.
std::string date_text(Instant instant) {
  GDateTime* time = g_date_time_new_from_unix_utc(to_unix(instant));
  static constexpr const char* days[] = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
  static constexpr const char* months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                           "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  char out[64];
  std::snprintf(out, sizeof out, "%s, %02d %s %04d %02d:%02d:%02d +0000",
                days[g_date_time_get_day_of_week(time) - 1], g_date_time_get_day_of_month(time),
                months[g_date_time_get_month(time) - 1], g_date_time_get_year(time),
                g_date_time_get_hour(time), g_date_time_get_minute(time),
                g_date_time_get_second(time));
  g_date_time_unref(time);
  return out;
}

// Whether a value goes into its header as it is; GMime would take "=?" for an encoded word of its
// own, and cannot fold a long word.
bool fits_as_it_is(std::string_view value) {
  if (!is_ascii(value) || value.find("=?") != std::string_view::npos) return false;
  std::size_t word = 0;
  for (const char c : value) {
    word = c == ' ' ? 0 : word + 1;
    if (word > 50) return false;
  }
  return true;
}

// RFC 2047 encoded words of whole characters, at most 68 bytes each, folded; parted after a blank
// where there is one, because some readers put a blank between two encoded words.
std::string encoded_words(std::string_view value) {
  constexpr std::size_t word_bytes_max = 42;  // 56 in base64, and 12 around it
  std::string out;
  while (!value.empty()) {
    std::size_t end = std::min(word_bytes_max, value.size());
    while (end < value.size() && (static_cast<unsigned char>(value[end]) & 0xC0) == 0x80) --end;
    const std::size_t blank = value.substr(0, end).rfind(' ');
    if (end < value.size() && blank != std::string_view::npos) end = blank + 1;
    out += out.empty() ? " =?UTF-8?B?" : "\n =?UTF-8?B?";
    out += encode_base64(as_bytes(value.substr(0, end))) + "?=";
    value.remove_prefix(end);
  }
  return out;
}

void set_raw(GMimeMessage* message, const char* name, const std::string& value) {
  GMimeHeaderList* headers = g_mime_object_get_header_list(GMIME_OBJECT(message));
  g_mime_header_set_raw_value(g_mime_header_list_get_header(headers, name), value.c_str());
}

void set_from(GMimeMessage* message, const std::string& name, const Address& address) {
  const char* shown = name.empty() ? nullptr : name.c_str();
  g_mime_message_add_mailbox(message, GMIME_ADDRESS_TYPE_FROM, shown, address.text.c_str());
  if (!fits_as_it_is(name)) {
    set_raw(message, "From", encoded_words(name) + "\n <" + address.text + ">\n");
  }
}

void set_subject(GMimeMessage* message, const std::string& subject) {
  g_mime_message_set_subject(message, subject.c_str(), "utf-8");
  if (!fits_as_it_is(subject)) set_raw(message, "Subject", encoded_words(subject) + "\n");
}

void add_mailbox(GMimeMessage* message, GMimeAddressType type, const Address& address) {
  g_mime_message_add_mailbox(message, type, nullptr, address.text.c_str());
}

void set_header(GMimeMessage* message, const char* name, const std::string& value) {
  g_mime_object_set_header(GMIME_OBJECT(message), name, value.c_str(), "utf-8");
}

void set_headers(GMimeMessage* message, const MailHead& head, const MailText& text) {
  set_header(message, "Date", date_text(head.date));
  set_from(message, text.from_name, head.from);
  if (text.reply_to) add_mailbox(message, GMIME_ADDRESS_TYPE_REPLY_TO, *text.reply_to);
  add_mailbox(message, GMIME_ADDRESS_TYPE_TO, head.to);
  set_subject(message, text.subject);
  const std::string id = head.mail_id.text() + "@" + std::string(head.from.domain());
  g_mime_message_set_message_id(message, id.c_str());
  set_header(message, "Auto-Submitted", "auto-generated");  // RFC 3834
  set_header(message, "X-Auto-Response-Suppress", "All");   // the same for Exchange
  set_header(message, "Content-Language", std::string(name_of(text.language)));
}

// Not a GMimeTextPart: that chooses a character set by itself.
Owned<GMimePart> make_part(const char* subtype, const std::string& content) {
  Owned<GMimePart> part(g_mime_part_new_with_type("text", subtype));
  g_mime_object_set_content_type_parameter(GMIME_OBJECT(part.get()), "charset", "utf-8");
  const Owned<GMimeStream> stream(
      g_mime_stream_mem_new_with_buffer(content.data(), content.size()));
  const Owned<GMimeDataWrapper> wrapper(
      g_mime_data_wrapper_new_with_stream(stream.get(), GMIME_CONTENT_ENCODING_DEFAULT));
  g_mime_part_set_content(part.get(), wrapper.get());
  g_mime_part_set_content_encoding(part.get(), GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE);
  return part;
}

Buffer write_message(GMimeMessage* message) {
  const Options options(g_mime_format_options_new());
  g_mime_format_options_set_newline_format(options.get(), GMIME_NEWLINE_FORMAT_DOS);
  const Owned<GMimeStream> stream(g_mime_stream_mem_new());
  g_mime_object_write_to_stream(GMIME_OBJECT(message), options.get(), stream.get());
  const GByteArray* array = g_mime_stream_mem_get_byte_array(GMIME_STREAM_MEM(stream.get()));
  const auto* bytes = reinterpret_cast<const std::byte*>(array->data);
  return Buffer(bytes, bytes + array->len);
}

// The other side of the border: whether every line that GMime wrote ends in CRLF and is short.
bool keeps_lines(std::string_view bytes) {
  while (!bytes.empty()) {
    const std::size_t end = bytes.find("\r\n");
    if (end == std::string_view::npos || end > line_bytes_max) return false;
    if (bytes.substr(0, end).find_first_of("\r\n") != std::string_view::npos) return false;
    bytes.remove_prefix(end + 2);
  }
  return true;
}

}  // namespace

Result<Buffer> build_message(const MailHead& head, const MailText& text) {
  const Result<> checked = check_values(head, text);
  if (!checked) return pass(checked);
  if (text.text.size() + text.html.size() > limits::mail_bytes_max) {
    return fail(ErrorCode::too_large, "a mail is too large");
  }
  start_gmime();
  const Owned<GMimeMessage> message(g_mime_message_new(FALSE));
  set_headers(message.get(), head, text);
  const Owned<GMimeMultipart> both(g_mime_multipart_new_with_subtype("alternative"));
  // "=_" never stands in quoted-printable text, so this cannot be part of the content.
  g_mime_multipart_set_boundary(both.get(), ("=_" + head.mail_id.text()).c_str());
  g_mime_multipart_add(both.get(), GMIME_OBJECT(make_part("plain", text.text).get()));
  g_mime_multipart_add(both.get(), GMIME_OBJECT(make_part("html", text.html).get()));
  g_mime_message_set_mime_part(message.get(), GMIME_OBJECT(both.get()));

  Buffer bytes = write_message(message.get());
  if (bytes.size() > limits::mail_bytes_max) {
    return fail(ErrorCode::too_large, "a mail is too large");
  }
  INVARIANT(keeps_lines(as_text(bytes)));
  return bytes;
}

}  // namespace couvert
