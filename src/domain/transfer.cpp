#include "domain/transfer.h"

#include <array>

#include "base/limits.h"

namespace couvert {
namespace {

// The value of `all` whose name is `text`.
template <class Value, std::size_t Count>
Result<Value> parse_name(const std::array<Value, Count>& all, std::string_view text) {
  for (const Value value : all) {
    if (name_of(value) == text) return value;
  }
  return fail(ErrorCode::invalid, "an unknown name");
}

bool has_control(std::string_view text, std::string_view allowed) {
  for (const char c : text) {
    const auto code = static_cast<unsigned char>(c);
    if ((code < 0x20 || code == 0x7f) && allowed.find(c) == std::string_view::npos) return true;
  }
  // The C1 controls, U+0080 to U+009F, are C2 80 to C2 9F in UTF-8; U+2028 and U+2029 break lines.
  for (std::size_t i = 0; i + 1 < text.size(); ++i) {
    const auto second = static_cast<unsigned char>(text[i + 1]);
    if (text[i] == '\xc2' && second >= 0x80 && second <= 0x9f) return true;
  }
  return text.find("\u2028") != std::string_view::npos ||
         text.find("\u2029") != std::string_view::npos;
}

std::string_view without_outer_blanks(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

bool is_media_type_part(std::string_view text) {
  if (text.empty()) return false;
  for (const char c : text) {
    const bool known = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       std::string_view("!#$&-^_.+").find(c) != std::string_view::npos;
    if (!known) return false;
  }
  return true;
}

}  // namespace

std::string_view name_of(TransferState state) {
  switch (state) {
    case TransferState::draft:
      return "draft";
    case TransferState::sealed:
      return "sealed";
    case TransferState::revoked:
      return "revoked";
    case TransferState::expired:
      return "expired";
    case TransferState::erased:
      return "erased";
  }
  return "erased";
}

Result<TransferState> parse_transfer_state(std::string_view text) {
  return parse_name(std::array{TransferState::draft, TransferState::sealed, TransferState::revoked,
                               TransferState::expired, TransferState::erased},
                    text);
}

Result<TransferState> next_state(TransferState state, TransferEvent event) {
  using State = TransferState;
  const bool is_alive = state == State::draft || state == State::sealed;
  switch (event) {
    case TransferEvent::start:
      if (state == State::draft) return State::sealed;
      break;
    case TransferEvent::revoke:
      if (is_alive) return State::revoked;
      break;
    case TransferEvent::expire:
      if (is_alive) return State::expired;
      break;
    case TransferEvent::erase:
      if (state == State::revoked || state == State::expired) return State::erased;
      break;
  }
  return fail(ErrorCode::conflict, "the transfer's state does not allow this");
}

std::string_view name_of(OpenBy open_by) {
  switch (open_by) {
    case OpenBy::password:
      return "password";
    case OpenBy::link:
      return "link";
    case OpenBy::quick:
      return "quick";
  }
  return "password";
}

Result<OpenBy> parse_open_by(std::string_view text) {
  return parse_name(std::array{OpenBy::password, OpenBy::link, OpenBy::quick}, text);
}

std::string_view name_of(PasswordMode mode) {
  return mode == PasswordMode::own ? "own" : "generated";
}

Result<PasswordMode> parse_password_mode(std::string_view text) {
  if (text == "own") return PasswordMode::own;
  if (text == "generated") return PasswordMode::generated;
  return fail(ErrorCode::invalid, "a password is generated or own");
}

Result<Notify> parse_notify(std::string_view text) {
  if (text == "server") return Notify::server;
  if (text == "none") return Notify::none;
  return fail(ErrorCode::invalid, "notify is server or none");
}

std::string_view name_of(RecipientKind kind) {
  switch (kind) {
    case RecipientKind::to:
      return "to";
    case RecipientKind::cc:
      return "cc";
    case RecipientKind::bcc:
      return "bcc";
  }
  return "to";
}

Result<RecipientKind> parse_recipient_kind(std::string_view text) {
  return parse_name(std::array{RecipientKind::to, RecipientKind::cc, RecipientKind::bcc}, text);
}

std::string_view name_of(MailState state) {
  switch (state) {
    case MailState::waiting:
      return "waiting";
    case MailState::handed_over:
      return "handed_over";
    case MailState::by_client:
      return "by_client";
    case MailState::failed:
      return "failed";
  }
  return "failed";
}

Result<MailState> parse_mail_state(std::string_view text) {
  return parse_name(std::array{MailState::waiting, MailState::handed_over, MailState::failed,
                               MailState::by_client},
                    text);
}

Result<std::string> check_file_name(std::string_view name) {
  if (name.size() > limits::file_name_bytes_max) {
    return fail(ErrorCode::invalid, "a file name is too long");
  }
  if (!is_utf8(name) || has_control(name, "")) {
    return fail(ErrorCode::invalid, "a file name holds what no name may hold");
  }
  std::string out;
  while (!name.empty()) {
    const std::size_t end = std::min(name.find_first_of("/\\"), name.size());
    const std::string_view folder = name.substr(0, end);
    name.remove_prefix(std::min(end + 1, name.size()));
    if (folder == "..") return fail(ErrorCode::invalid, "a file name leads upwards");
    if (folder.empty() || folder == ".") continue;
    if (!out.empty()) out += '/';
    out += folder;
  }
  if (out.empty()) return fail(ErrorCode::invalid, "a file name is empty");
  return out;
}

std::string check_media_type(std::string_view type) {
  const std::size_t slash = type.find('/');
  const bool known = type.size() <= limits::media_type_bytes_max &&
                     slash != std::string_view::npos && is_media_type_part(type.substr(0, slash)) &&
                     is_media_type_part(type.substr(slash + 1));
  return known ? std::string(type) : std::string("application/octet-stream");
}

Result<std::string> check_line(std::string_view text, std::size_t bytes_max) {
  const std::string_view line = without_outer_blanks(text);
  if (line.size() > bytes_max) return fail(ErrorCode::invalid, "a line is too long");
  if (!is_utf8(line) || has_control(line, "")) {
    return fail(ErrorCode::invalid, "a line holds control characters");
  }
  return std::string(line);
}

Result<std::string> check_text(std::string_view text, std::size_t bytes_max) {
  if (text.size() > bytes_max) return fail(ErrorCode::invalid, "a text is too long");
  if (!is_utf8(text)) return fail(ErrorCode::invalid, "a text is not UTF-8");
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool before_line_feed = text[i] == '\r' && i + 1 < text.size() && text[i + 1] == '\n';
    if (!before_line_feed) out += text[i];
  }
  for (const char c : out) {
    const auto code = static_cast<unsigned char>(c);
    if ((code < 0x20 && c != '\n' && c != '\t') || code == 0x7f) {
      return fail(ErrorCode::invalid, "a text holds control characters");
    }
  }
  return out;
}

}  // namespace couvert
