#include "mail/message_file.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdio>

#include "mail/gmime_parts.h"
#include "mail/plain.h"

namespace couvert {
namespace {

Result<> check_values(const MessageFile& message, const std::vector<AttachedFile>& files) {
  const auto values =
      std::to_array<std::string_view>({message.from.text, message.name, message.to.text, message.id,
                                       message.domain, message.subject});
  const auto fits = [](std::string_view value) { return is_utf8(value) && !has_control(value); };
  const bool good = std::ranges::all_of(values, fits) && is_utf8(message.text) &&
                    std::ranges::all_of(files, [&fits](const AttachedFile& file) {
                      return fits(file.name) && fits(file.type) && !file.name.empty();
                    });
  if (good) return {};
  return fail(ErrorCode::invalid, "a message with what no header may hold");
}

// RFC 2046 section 4.1.1: a line break is CRLF, also inside of base64.
std::string with_crlf(std::string_view text) {
  std::string out;
  out.reserve(text.size() + text.size() / 32);
  for (const char c : text) {
    if (c == '\n') out += '\r';
    out += c;
  }
  return out;
}

void set_headers(GMimeMessage* message, const MessageFile& file) {
  set_header(message, "Date", date_text(file.date));
  set_from(message, one_line(file.name), file.from);
  add_mailbox(message, GMIME_ADDRESS_TYPE_TO, file.to);
  if (!file.subject.empty()) set_subject(message, file.subject);
  g_mime_message_set_message_id(message, (file.id + "@" + file.domain).c_str());
}

// A type that has parts of its own may not be in base64 (RFC 2045 section 6.4).
const char* attached_type(const AttachedFile& file) {
  const bool has_parts = file.type.starts_with("multipart/") || file.type.starts_with("message/");
  return has_parts || file.type.empty() ? "application/octet-stream" : file.type.c_str();
}

// For programs that know nothing of RFC 2231: so that at least the ending is right.
std::string ascii_name(std::string_view name) {
  std::string out;
  for (const char c : name) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 0x80 && byte < 0xc0) continue;  // inside of a character
    out += byte >= 0x80 || c == '"' || c == '\\' ? '_' : c;
  }
  return out;
}

bool begins_character(char c) {
  return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
}

// RFC 2231 section 4.1, parted between characters: GMime parts a name anywhere, and whoever decodes
// each piece by itself then reads others.
std::string encoded_disposition(std::string_view name) {
  constexpr std::size_t piece_bytes_max = 48;
  std::vector<std::string> pieces(1);
  for (const char c : name) {
    if (pieces.back().size() >= piece_bytes_max && begins_character(c)) pieces.emplace_back();
    const bool plain = is_ascii({&c, 1}) && std::isalnum(static_cast<unsigned char>(c)) != 0;
    std::array<char, 4> hex{};
    std::snprintf(hex.data(), hex.size(), "%%%02X", static_cast<unsigned char>(c));
    pieces.back() += plain || c == '.' || c == '-' || c == '_' ? std::string(1, c) : hex.data();
  }
  std::string out = "Content-Disposition: attachment";
  for (std::size_t nth = 0; nth < pieces.size(); ++nth) {
    const std::string number = pieces.size() == 1 ? "" : "*" + std::to_string(nth);
    out += ";\r\n filename" + number + "*=" + (nth == 0 ? "UTF-8''" : "") + pieces[nth];
  }
  return out + "\r\n";
}

// The headers of an attached file, up to its first byte.
std::string headers_of(const AttachedFile& file) {
  const Owned<GMimePart> part(g_mime_part_new());
  GMimeObject* object = GMIME_OBJECT(part.get());
  const Owned<GMimeContentType> type(g_mime_content_type_parse(nullptr, attached_type(file)));
  g_mime_object_set_content_type(object, type.get());
  g_mime_object_set_content_type_parameter(object, "name", ascii_name(file.name).c_str());
  if (is_ascii(file.name)) {
    g_mime_object_set_disposition(object, GMIME_DISPOSITION_ATTACHMENT);
    g_mime_object_set_content_disposition_parameter(object, "filename", file.name.c_str());
  }
  g_mime_part_set_content_encoding(part.get(), GMIME_CONTENT_ENCODING_BASE64);
  const Options options(g_mime_format_options_new());
  g_mime_format_options_set_param_encoding_method(options.get(),
                                                  GMIME_PARAM_ENCODING_METHOD_RFC2231);
  char* text = g_mime_object_get_headers(object, options.get());
  std::string headers = with_crlf(text);
  g_free(text);
  if (!is_ascii(file.name)) headers += encoded_disposition(file.name);
  return headers + "\r\n";
}

// The message alone, or as the first part of several, which go on behind it.
std::string first_section(const MessageFile& file, const std::string& boundary) {
  const std::string text = with_crlf(file.text);
  const auto part = make_part("plain", text, GMIME_CONTENT_ENCODING_BASE64);
  const Owned<GMimeMessage> message(g_mime_message_new(FALSE));
  set_headers(message.get(), file);
  if (boundary.empty()) {
    g_mime_message_set_mime_part(message.get(), GMIME_OBJECT(part.get()));
    return std::string(as_text(write_message(message.get())));
  }
  const Owned<GMimeMultipart> mixed(g_mime_multipart_new_with_subtype("mixed"));
  g_mime_multipart_set_boundary(mixed.get(), boundary.c_str());
  g_mime_multipart_add(mixed.get(), GMIME_OBJECT(part.get()));
  g_mime_message_set_mime_part(message.get(), GMIME_OBJECT(mixed.get()));
  std::string bytes(as_text(write_message(message.get())));
  const std::size_t end = bytes.rfind("--" + boundary + "--");
  INVARIANT(end != std::string::npos);
  bytes.resize(end);
  return bytes;
}

}  // namespace

std::uint64_t base64_lines_size(std::uint64_t bytes) {
  const std::uint64_t rest = bytes % base64_line_plain;
  const std::uint64_t last = rest == 0 ? 0 : (rest + 2) / 3 * 4 + 2;
  return bytes / base64_line_plain * base64_line_bytes + last;
}

void append_base64_lines(Buffer& out, Bytes plain) {
  while (!plain.empty()) {
    const std::size_t line = std::min(plain.size(), base64_line_plain);
    append(out, as_bytes(encode_base64(plain.first(line))));
    append(out, as_bytes("\r\n"));
    plain = plain.subspan(line);
  }
}

Result<MessageFileLayout> MessageFileLayout::make(const MessageFile& message,
                                                  const std::vector<AttachedFile>& files) {
  const Result<> checked = check_values(message, files);
  if (!checked) return pass(checked);
  start_gmime();
  // "=_" stands in no base64: it cannot be part of the content.
  const std::string boundary = files.empty() ? std::string() : "=_" + message.id;
  MessageFileLayout layout;
  std::string own = first_section(message, boundary);
  for (const AttachedFile& file : files) {
    own += "--" + boundary + "\r\n" + headers_of(file);
    INVARIANT(keeps_lines(own));
    const std::uint64_t base64 = base64_lines_size(file.size);
    layout.sections_.push_back({std::move(own), layout.size_, base64});
    layout.size_ += layout.sections_.back().own.size() + base64;
    own.clear();
  }
  if (!boundary.empty()) own += "--" + boundary + "--\r\n";
  INVARIANT(keeps_lines(own));
  layout.sections_.push_back({std::move(own), layout.size_, 0});
  layout.size_ += layout.sections_.back().own.size();
  return layout;
}

MessageFileLayout::Piece MessageFileLayout::at(std::uint64_t offset) const {
  INVARIANT(offset < size_);
  const auto behind = std::ranges::upper_bound(sections_, offset, {}, &Section::begin);
  const auto section = behind - 1;
  const std::uint64_t within = offset - section->begin;
  if (within < section->own.size()) {
    return Piece{as_bytes(section->own).subspan(static_cast<std::size_t>(within)), 0, 0, 0};
  }
  const auto file = static_cast<std::size_t>(section - sections_.begin());
  return Piece{{}, file, within - section->own.size(), section->base64};
}

}  // namespace couvert
