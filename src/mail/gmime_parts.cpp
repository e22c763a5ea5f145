#include "mail/gmime_parts.h"

#include <algorithm>
#include <ctime>
#include <mutex>

namespace couvert {
namespace {

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

}  // namespace

void start_gmime() {
  static std::once_flag once;
  std::call_once(once, g_mime_init);
}

bool is_ascii(std::string_view value) {
  return std::all_of(value.begin(), value.end(),
                     [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

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

// Not a GMimeTextPart: that chooses a character set by itself.
Owned<GMimePart> make_part(const char* subtype, const std::string& content,
                           GMimeContentEncoding encoding) {
  Owned<GMimePart> part(g_mime_part_new_with_type("text", subtype));
  g_mime_object_set_content_type_parameter(GMIME_OBJECT(part.get()), "charset", "utf-8");
  const Owned<GMimeStream> stream(
      g_mime_stream_mem_new_with_buffer(content.data(), content.size()));
  const Owned<GMimeDataWrapper> wrapper(
      g_mime_data_wrapper_new_with_stream(stream.get(), GMIME_CONTENT_ENCODING_DEFAULT));
  g_mime_part_set_content(part.get(), wrapper.get());
  g_mime_part_set_content_encoding(part.get(), encoding);
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

bool keeps_lines(std::string_view bytes) {
  while (!bytes.empty()) {
    const std::size_t end = bytes.find("\r\n");
    if (end == std::string_view::npos || end > mime_line_bytes_max) return false;
    if (bytes.substr(0, end).find_first_of("\r\n") != std::string_view::npos) return false;
    bytes.remove_prefix(end + 2);
  }
  return true;
}

}  // namespace couvert
