// A transfer: one sender, its recipients, message, files, options, a life.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/id.h"
#include "domain/address.h"
#include "domain/language.h"

namespace couvert {

/// draft → sealed → (revoked | expired) → erased. No way back.
enum class TransferState { draft, sealed, revoked, expired, erased };
enum class TransferEvent { start, revoke, expire, erase };

std::string_view name_of(TransferState state);
Result<TransferState> parse_transfer_state(std::string_view text);

/// The state after `event`; a draft that expires or is revoked was abandoned and is erased later.
/// Errors: `conflict` where there is no such way.
Result<TransferState> next_state(TransferState state, TransferEvent event);

enum class OpenBy { password, link, quick };
std::string_view name_of(OpenBy open_by);
Result<OpenBy> parse_open_by(std::string_view text);

/// Whose password it is: made by the program, or by the sender.
enum class PasswordMode { generated, own };
std::string_view name_of(PasswordMode mode);
Result<PasswordMode> parse_password_mode(std::string_view text);

/// Who mails the recipients of a transfer: the server, or the sender's own mail program.
enum class Notify { server, none };
Result<Notify> parse_notify(std::string_view text);

enum class RecipientKind { to, cc, bcc };
std::string_view name_of(RecipientKind kind);
Result<RecipientKind> parse_recipient_kind(std::string_view text);

/// `by_client`: its text was handed to the sender's mail program; the server knows no more of it.
enum class MailState { waiting, handed_over, failed, by_client };
std::string_view name_of(MailState state);
Result<MailState> parse_mail_state(std::string_view text);

/// One row of the table `transfer`. Times to the second.
struct Transfer {
  SealId seal_id;
  SlotId draft_id;  // the sender's held keyslot names the draft
  TrackingId tracking_id;
  Address sender;
  TransferState state = TransferState::draft;
  Instant created;
  Instant started;  // the epoch while a draft
  Instant end;      // the second at which it dies
  Language language = Language::en;
  OpenBy open_by = OpenBy::password;
  bool notify_delivery = false;
  bool notify_download = false;
  bool show_file_names = false;
  std::string request;  // what Start asked for, without its secrets, to know a repeated one
  std::optional<ObjectId> manifest_object;
  std::string notice;              // sealed, base64url; see spec/sealing.md
  std::optional<Instant> warned;   // when its sender was told of too many wrong passwords
  std::optional<Instant> revoked;  // when its sender took it back, which its later states hide

  bool operator==(const Transfer&) const = default;
};

/// One row of the table `recipient`.
struct Recipient {
  SealId seal_id;
  int position = 0;
  Address address;
  RecipientKind kind = RecipientKind::to;
  Buffer transfer_id_hash;  // SHA-256 of the transfer ID
  SlotId slot_id;           // the keyslot that opens the transfer for this recipient
  MailState mail = MailState::waiting;
  std::optional<Instant> retrieved;     // first finished download
  std::optional<Instant> mail_settled;  // when its latest mail was taken or given up
  std::string mail_answer;              // why it was given up, in the mail server's words
  std::optional<Instant> opened;        // when it first opened the transfer
  std::optional<Instant> revoked;       // when it was taken back, it alone
  std::optional<MailId> mail_id;        // its latest mail that tells of the transfer
  std::optional<std::string> bounced;   // why that came back, until the sender is told

  bool operator==(const Recipient&) const = default;
};

/// A file's name as the sender's system gave it, with its folders, parted by '/'.
///
/// Returns it with backslashes made slashes and empty or "." folders left out. Any other
/// character is allowed: names are made safe where they are written, not here.
/// Errors: `invalid` for an empty name, NUL and control characters, "..", broken UTF-8, or more
/// than file_name_bytes_max bytes.
Result<std::string> check_file_name(std::string_view name);

/// A media type of letters, digits and a few signs, parted by one slash (RFC 6838 section 4.2);
/// anything else reads as application/octet-stream.
std::string check_media_type(std::string_view type);

/// Text for one header line: no control characters or line breaks, valid UTF-8, ends trimmed.
/// Errors: `invalid`, also over `bytes_max`.
Result<std::string> check_line(std::string_view text, std::size_t bytes_max);
/// Text of many lines: \r\n becomes \n; other control characters but tab are refused.
Result<std::string> check_text(std::string_view text, std::size_t bytes_max);

}  // namespace couvert
