// The values of the HTTP API, named as in spec/api.yaml, as far as a command line needs them.
//
// read_…() takes an answer's JSON apart, strictly: a missing, unknown or wrong field is an error,
// and so is a text or list over its bound. to_json() writes what is sent.
//
// Errors:   of all read_…(): reasons::foreign_answer, with the field that is wrong.
// Memory:   bounded by that of the answer; lists by limits::recipients_max and limits::files_max.
// Lifetime: values own their texts; secrets are WipedText, and wipe_texts() (api_line.h) is for the
// JSON.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/id.h"
#include "base/json.h"
#include "client/problem.h"
#include "client/wiped_text.h"

namespace couvert::api {

struct RequestedCode {
  std::string expires;
  WipedText token;  // a new session; empty where the old one is kept
};

struct Verification {
  std::string verification_id;
  std::string address;
  std::string expires;
};

/// What a password has to be.
struct PasswordRules {
  std::int64_t length_min = 8;
  bool upper_and_lower = true;
  bool digits = true;
  bool special = true;
  bool no_word = true;
};

struct PolicyAnswer {
  struct Recipient {
    std::string address;
    bool allowed = false;
    std::string reason;
  };
  std::vector<Recipient> recipients;
  std::int64_t transfer_bytes_max = 0;
  std::int64_t days_default = 0;
  std::int64_t days_max = 0;
  bool days_editable = true;
  std::vector<std::string> open_by;
  std::vector<std::string> password_modes;
  PasswordRules password_rules;
  bool message_required = false;
  bool phone_required = false;
  bool checksums = false;
  bool client_mail = false;
  std::string quick;  // how the switch stands at first: never, off, if_connected, on
  std::vector<std::string> invitation_passwords;  // the modes with which one may invite to QUICK
};

struct PasswordVerdict {
  bool acceptable = false;
  std::vector<std::string> unmet;  // the rules that it breaks
};

struct DraftFile {
  std::int64_t no = 0;
  std::string name;
  std::uint64_t size = 0;
  std::uint64_t offset = 0;
};

struct Draft {
  std::string draft_id;
  SealId seal_id;    // what envelopes and invitations are bound to
  std::string from;  // as the server writes it
  std::vector<DraftFile> files;
};

struct StartRecipient {
  std::string address;
  std::string kind;     // to, cc, bcc
  std::string slot_id;  // of an own keyslot, by a link or an envelope, like:
  WipedText secret;
  std::string envelope;  // in base64url, for who is connected
};

/// What invites the recipients to QUICK, in base64url.
struct StartInvitation {
  std::string public_key;  // of the sender's person
  WipedText secret;
};

/// What startTransfer takes.
struct Start {
  std::string name;
  std::string phone;
  std::string reply_to;
  std::vector<StartRecipient> recipients;
  std::optional<StartInvitation> invitation;
  std::optional<std::string> subject;
  std::optional<std::string> text;
  std::vector<std::pair<std::int64_t, std::uint64_t>> files;  // no, size
  std::string expires;
  std::string language;
  std::string open_by;
  WipedText password;
  std::string password_mode;  // "own" or "generated"
  std::string slot_id;
  std::string notify;  // "none" where the sender's own program mails, else empty
  bool notify_delivery = false;
  bool notify_download = false;
  bool show_file_names = false;
};

struct File {
  std::int64_t no = 0;
  std::string name;
  std::uint64_t size = 0;
  std::uint32_t crc32 = 0;
  std::string sha256;  // 64 hexadecimal digits, or empty
};

/// A recipient's mail, ready for the sender's own mailbox.
struct ReadyMail {
  std::string subject;
  WipedText html;
  WipedText text;
  std::string language;
};

struct Started {
  struct Recipient {
    std::string address;
    std::string kind;
    std::string transfer_id;
    WipedText link;
    std::optional<ReadyMail> mail;
  };
  std::string tracking_id;
  std::string expires;
  std::vector<Recipient> recipients;
  std::vector<File> files;
};

/// A line of the list of sent transfers.
struct SentSummary {
  std::string tracking_id;
  std::string state;  // sealed, revoked, expired
  std::string created;
  std::string expires;
  std::string open_by;
  std::vector<std::string> recipients;  // the first of them
  std::int64_t recipient_count = 0;
  std::int64_t failed_count = 0;
  std::int64_t opened_count = 0;
  std::int64_t retrieved_count = 0;
  std::int64_t file_count = 0;
  std::int64_t bytes = 0;
};

struct SentPage {
  std::string from;
  std::vector<SentSummary> transfers;
  bool more = false;
};

/// Times are empty where it has not happened.
struct SentRecipient {
  std::int64_t recipient_no = 0;
  std::string address;
  std::string kind;
  std::string mail;  // waiting, handed_over, failed, by_client
  std::string mail_settled;
  std::string mail_answer;
  std::string opened;
  std::string retrieved;
  std::string revoked;
  std::int64_t viewed_count = 0;
  std::int64_t downloaded_count = 0;
};

struct Sent {
  std::string tracking_id;
  std::string from;
  std::string state;
  std::string created;
  std::string expires;
  std::string open_by;
  std::string revoked;
  std::int64_t file_count = 0;
  std::int64_t bytes = 0;
  std::vector<SentRecipient> recipients;
};

struct Retrieval {
  std::string retrieval_id;
  WipedText token;
  std::string tracking_id;
  std::string from;
  std::string name;
  std::string phone;
  std::string created;
  std::string expires;
  std::string subject;
  std::string text;
  bool invites = false;  // to QUICK
  std::vector<File> files;
};

Answer<RequestedCode> read_requested_code(const Json& json);
Answer<Verification> read_verification(const Json& json);
Answer<PolicyAnswer> read_policy_answer(const Json& json);
Answer<PasswordVerdict> read_password_verdict(const Json& json);
Answer<Draft> read_draft(const Json& json);
Answer<Started> read_started(const Json& json);
/// A line of the list of received transfers. Times are empty where it has not happened.
struct ReceivedTransfer {
  std::string tracking_id;
  std::string from;
  std::string name;
  std::string created;
  std::string expires;
  std::string open_by;
  std::string transfer_id;  // empty where a link opens it
  std::string opened;
  std::string retrieved;
  std::int64_t file_count = 0;
  std::int64_t bytes = 0;
};

struct ReceivedPage {
  std::string to;
  std::vector<ReceivedTransfer> transfers;
  bool more = false;
};

Answer<ReceivedPage> read_received_page(const Json& json);
Answer<std::vector<Verification>> read_verifications(const Json& json);
Answer<SentPage> read_sent_page(const Json& json);
Answer<Sent> read_sent(const Json& json);
Answer<Retrieval> read_retrieval(const Json& json);
/// Of findTransfer: "password", "link" or "quick".
Answer<std::string> read_open_by(const Json& json);

Json to_json(const Start& start);

}  // namespace couvert::api
