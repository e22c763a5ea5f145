// What a mail tells, without a word of its wording: one struct a kind, values only.
//
// service/ seals these into the outbox row in the transaction of the fact; mail_text.h makes words
// of them when the mail goes out. Links are whole and built from the configured base URL.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/id.h"
#include "base/result.h"
#include "domain/address.h"
#include "domain/language.h"
#include "domain/program.h"
#include "domain/transfer.h"
#include "domain/verification.h"
#include "mail/quick_event.h"
#include "mail/trouble_kind.h"

namespace couvert {

inline constexpr std::size_t mail_file_names_max = 30;  // more are counted, not named
inline constexpr std::size_t mail_link_bytes_max = 2048;
inline constexpr std::size_t mail_server_answer_bytes_max = 500;
inline constexpr std::size_t mail_trouble_bytes_max = 1024;

/// The verification code, to whoever claims an address. Says no word that the asker chose.
struct CodeMail {
  Language language = Language::en;
  std::string code;  // lower-case letters and digits
  std::chrono::minutes life{0};
  CodePurpose purpose = CodePurpose::any;
  ClientKind client = ClientKind::browser;
  std::optional<Instant> asked{};

  bool operator==(const CodeMail&) const = default;
};

/// The sender as recipients see it: so that they can call.
struct SenderCard {
  std::string name;
  std::string phone;  // may be empty
  Address address;
  std::string from_name{};            // by rule, for From; empty: made of the sender's
  std::optional<Address> reply_to{};  // by rule; none: the sender

  bool operator==(const SenderCard&) const = default;
};

/// The recipient's notification.
struct NotificationMail {
  Language language = Language::en;
  SenderCard sender;
  std::string subject;  // empty: the default one
  std::string text;     // plain text; empty: the default one
  std::string download_link;
  std::string reply_link;
  TrackingId tracking_id;
  Instant expires;
  OpenBy open_by = OpenBy::password;
  std::vector<std::string> file_names;  // where the sender shows them, the first of them
  int file_count = 0;                   // of which file_names are the first; 0: not shown
  bool invites = false;                 // to QUICK

  bool operator==(const NotificationMail&) const = default;
};

/// To the sender: the mail server has taken the mails to these recipients.
struct HandedOverMail {
  Language language = Language::en;
  std::vector<Address> recipients;
  TrackingId tracking_id;
  Instant expires;
  OpenBy open_by = OpenBy::password;
  int connected_count = 0;  // of the recipients: connected by QUICK, they need no password

  bool operator==(const HandedOverMail&) const = default;
};

/// One file of a transfer as its sender may hear of it.
struct DownloadedFile {
  int number = 1;    // from 1
  std::string name;  // empty where names are not shown

  bool operator==(const DownloadedFile&) const = default;
};

/// To the sender: a recipient downloaded files.
struct DownloadedMail {
  Language language = Language::en;
  Address recipient;
  Instant when;
  TrackingId tracking_id;
  std::vector<DownloadedFile> files;  // those downloaded, 1 to mail_file_names_max
  int downloaded_count = 1;           // of which files are the first
  int file_count = 1;                 // of the whole transfer

  bool operator==(const DownloadedMail&) const = default;
};

/// To the sender: the mail to a recipient was given up.
struct UndeliverableMail {
  Language language = Language::en;
  Address recipient;
  TrackingId tracking_id;
  std::string server_answer;  // what the mail server said, or empty

  bool operator==(const UndeliverableMail&) const = default;
};

/// To the sender, once a transfer: wrong passwords came again and again for this recipient.
struct WrongPasswordsMail {
  Language language = Language::en;
  Address recipient;
  TrackingId tracking_id;
  Instant expires;
  int count = 1;  // of wrong ones, in the last 24 hours

  bool operator==(const WrongPasswordsMail&) const = default;
};

/// To the sender: a recipient has no password, or no device for QUICK, and asks for one.
struct PasswordAskedMail {
  Language language = Language::en;
  Address recipient;
  TrackingId tracking_id;
  Instant expires;
  OpenBy open_by = OpenBy::password;  // as this recipient opens it: password or quick

  bool operator==(const PasswordAskedMail&) const = default;
};

/// To a recipient who was told of a transfer: it was taken back.
struct RevokedMail {
  Language language = Language::en;
  SenderCard sender;
  TrackingId tracking_id;

  bool operator==(const RevokedMail&) const = default;
};

/// To the sender: the transfer was taken back from these recipients.
struct RevocationMail {
  Language language = Language::en;
  std::vector<Address> recipients;
  TrackingId tracking_id;

  bool operator==(const RevocationMail&) const = default;
};

/// What a recipient made of a transfer until its end.
struct RecipientSummary {
  Address address;
  MailState mail = MailState::handed_over;
  bool opened = false;
  int downloaded_count = 0;

  bool operator==(const RecipientSummary&) const = default;
};

/// To the sender: the transfer has expired, and who fetched what.
struct ExpiredMail {
  Language language = Language::en;
  OpenBy open_by = OpenBy::password;  // by link nobody knows who has opened it
  std::vector<RecipientSummary> recipients;
  int file_count = 0;
  TrackingId tracking_id;
  Instant expired;

  bool operator==(const ExpiredMail&) const = default;
};

/// To the operator: something fails, or soon will.
struct TroubleMail {
  Language language = Language::en;
  TroubleKind trouble = TroubleKind::disk;
  std::string what;  // the folder, the certificate's file, the mail server
  int number = 0;    // percent of the disk that are free; days left, 0 when over; mails that wait
  Instant when;      // when the certificate ends; since when the oldest mail waits

  bool operator==(const TroubleMail&) const = default;
};

/// To a person of QUICK: something has changed that they should know of.
struct QuickMail {
  Language language = Language::en;
  QuickEvent event = QuickEvent::activated;
  Address about;       // whom it is about: the person, or a contact
  std::string device;  // its name, where a device is new; else empty
  Instant when;
  std::string link;  // of the page about QUICK

  bool operator==(const QuickMail&) const = default;
};

/// To a person who has let a program in, or in whose name somebody has.
struct ProgramMail {
  Language language = Language::en;
  Address address;   // that it may act for
  std::string name;  // as the program says of itself
  Scopes scopes;
  Instant when;
  std::string link;  // of the page on which it is ended

  bool operator==(const ProgramMail&) const = default;
};

using MailContent =
    std::variant<CodeMail, NotificationMail, HandedOverMail, DownloadedMail, UndeliverableMail,
                 WrongPasswordsMail, PasswordAskedMail, RevokedMail, RevocationMail, ExpiredMail,
                 TroubleMail, QuickMail, ProgramMail>;

/// The language that a mail is written in.
Language language_of(const MailContent& content);

/// The outbox's own form: JSON with a version and the kind. Checks what decode() checks. Times are
/// kept to the second.
/// Errors: `invalid` for a value over its bound, a link that is none, or broken UTF-8.
Result<Buffer> encode(const MailContent& content);

/// Errors: `invalid` for anything that encode() does not write; `too_large` over mail_bytes_max.
Result<MailContent> decode(Bytes bytes);

}  // namespace couvert
