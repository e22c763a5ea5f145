#include "mail/bounce_report.h"

#include <algorithm>
#include <optional>
#include <vector>

#include "base/limits.h"
#include "mail/gmime_parts.h"
#include "mail/mail_content.h"
#include "mail/plain.h"

namespace couvert {
namespace {

tl::unexpected<Error> no_report(const char* why) {
  return fail(ErrorCode::invalid, why);
}

Owned<GMimeMessage> parse_message(std::string_view text) {
  const Owned<GMimeStream> stream(g_mime_stream_mem_new_with_buffer(text.data(), text.size()));
  const Owned<GMimeParser> parser(g_mime_parser_new_with_stream(stream.get()));
  return Owned<GMimeMessage>(g_mime_parser_construct_message(parser.get(), nullptr));
}

bool is_type(GMimeObject* object, const char* type, const char* subtype) {
  return g_mime_content_type_is_type(g_mime_object_get_content_type(object), type, subtype);
}

// What a part holds, decoded.
std::string content_of(GMimePart* part) {
  GMimeDataWrapper* content = g_mime_part_get_content(part);
  if (content == nullptr) return "";
  const Owned<GMimeStream> stream(g_mime_stream_mem_new());
  g_mime_data_wrapper_write_to_stream(content, stream.get());
  const GByteArray* bytes = g_mime_stream_mem_get_byte_array(GMIME_STREAM_MEM(stream.get()));
  return std::string(reinterpret_cast<const char*>(bytes->data), bytes->len);
}

std::string_view trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
}

bool is_word(std::string_view text, std::string_view word) {
  return std::ranges::equal(
      text, word, [](char a, char b) { return (a >= 'A' && a <= 'Z' ? a - 'A' + 'a' : a) == b; });
}

// Field by field, names and values as they were written; an empty name ends a group of fields.
using Fields = std::vector<std::pair<std::string, std::string>>;

Fields fields_in(std::string_view text) {
  Fields fields;
  while (!text.empty() && fields.size() < limits::bounce_fields_max) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    const std::size_t colon = line.find(':');
    if (trimmed(line).empty()) {
      fields.emplace_back();
    } else if ((line[0] == ' ' || line[0] == '\t') && !fields.empty()) {
      fields.back().second.append(" ").append(trimmed(line));
    } else if (colon != std::string_view::npos) {
      fields.emplace_back(trimmed(line.substr(0, colon)), trimmed(line.substr(colon + 1)));
    }
  }
  return fields;
}

// What a report says of the recipients. A mail of ours has one; behind its address there may be
// several, and then it has reached somebody unless it failed for all of them.
struct Outcome {
  bool failed = false;
  bool other = false;  // delayed, delivered, passed on
  std::string answer;  // of the first failure
};

// "smtp; 550 5.1.1 Unknown user": without the kind of server.
std::string answer_of(std::string_view diagnostic) {
  return one_line(trimmed(diagnostic.substr(diagnostic.find(';') + 1)),
                  mail_server_answer_bytes_max);
}

Outcome outcome_of(const Fields& fields) {
  Outcome outcome;
  bool is_first = false;  // whether these fields are of the first failure
  std::string status;
  for (const auto& [name, value] : fields) {
    if (name.empty()) is_first = false;
    if (is_word(name, "action")) {
      const bool is_failure = is_word(value, "failed");
      is_first = is_failure && !outcome.failed;
      outcome.failed |= is_failure;
      outcome.other |= !is_failure;
    }
    if (is_first && is_word(name, "status")) status = one_line(value, mail_server_answer_bytes_max);
    if (is_first && is_word(name, "diagnostic-code")) outcome.answer = answer_of(value);
  }
  if (outcome.answer.empty()) outcome.answer = status;
  return outcome;
}

std::optional<MailId> mail_id_of(GMimeMessage* message) {
  const char* found = message == nullptr ? nullptr : g_mime_message_get_message_id(message);
  if (found == nullptr) return std::nullopt;
  const std::string_view text = found;
  const std::string_view local = text.substr(0, text.find('@'));
  const Result<MailId> id = MailId::parse(local);
  if (!id || id->text() != local || local.size() == text.size()) return std::nullopt;
  return *id;
}

// The mail that came back: the whole of it, or its head alone.
std::optional<MailId> returned_in(GMimeObject* part) {
  if (GMIME_IS_MESSAGE_PART(part)) {
    return mail_id_of(g_mime_message_part_get_message(GMIME_MESSAGE_PART(part)));
  }
  const bool is_head =
      is_type(part, "text", "rfc822-headers") || is_type(part, "message", "global-headers");
  if (!is_head || !GMIME_IS_PART(part)) return std::nullopt;
  return mail_id_of(parse_message(content_of(GMIME_PART(part)) + "\n\n").get());
}

bool is_report(GMimeObject* object) {
  if (object == nullptr || !GMIME_IS_MULTIPART(object) || !is_type(object, "multipart", "report")) {
    return false;
  }
  const char* type = g_mime_object_get_content_type_parameter(object, "report-type");
  return type != nullptr && is_word(type, "delivery-status");
}

}  // namespace

Result<BounceReport> read_bounce_report(std::string_view mail) {
  if (mail.size() > limits::bounce_bytes_max) return fail(ErrorCode::too_large, "too large");
  if (mail.starts_with("From ")) mail.remove_prefix(std::min(mail.find('\n'), mail.size() - 1) + 1);
  start_gmime();
  const Owned<GMimeMessage> message = parse_message(mail);
  GMimeObject* body = message ? g_mime_message_get_mime_part(message.get()) : nullptr;
  if (!is_report(body)) return no_report("no delivery status notification");
  std::optional<Outcome> outcome;
  std::optional<MailId> returned;
  const int parts = g_mime_multipart_get_count(GMIME_MULTIPART(body));
  for (int i = 0; i < parts; ++i) {
    GMimeObject* part = g_mime_multipart_get_part(GMIME_MULTIPART(body), i);
    const bool is_status = is_type(part, "message", "delivery-status") ||
                           is_type(part, "message", "global-delivery-status");
    if (is_status && !outcome && GMIME_IS_PART(part)) {
      outcome = outcome_of(fields_in(content_of(GMIME_PART(part))));
    } else if (!returned) {
      returned = returned_in(part);
    }
  }
  if (!outcome) return no_report("a report without a status");
  if (!outcome->failed || outcome->other) return no_report("nothing has failed for good");
  if (!returned) return no_report("a report about no mail of this server");
  return BounceReport{*returned, std::move(outcome->answer)};
}

}  // namespace couvert
