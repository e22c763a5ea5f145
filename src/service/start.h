// Use case: Start transfer. Seals the manifest, hands out the links, puts the mails into the
// outbox: all in one transaction, so that a transfer and its mails are there both or not at all.
#pragma once

#include "crypto/argon2.h"
#include "mail/mail_text.h"
#include "sealing/keyslot.h"
#include "sealing/manifest.h"
#include "service/draft.h"

namespace couvert {

struct StartRecipient {
  std::string address;
  RecipientKind kind = RecipientKind::to;
  // Who opens by link or QUICK: this recipient's keyslot, all made by the sender's client.
  std::optional<SlotId> slot_id;
  std::optional<Secret<32>> secret;
  std::optional<QuickEnvelope> envelope{};  // with the secret in it: QUICK
};

/// A password after its Argon2 run, which the caller makes on a thread of its own kind.
struct StretchedPassword {
  Argon2Parameters parameters;
  Secret<32> secret;
};

struct StartRequest {
  std::string name;
  std::string phone;
  std::optional<TransferId> reply_to;
  std::vector<StartRecipient> recipients;
  std::string subject;  // of the confidential message
  std::string text;
  std::vector<std::pair<std::uint32_t, std::uint64_t>> files;  // number and size of each
  Instant expires;
  Language language = Language::en;         // of the recipients' mails
  Language sender_language = Language::en;  // of the sender's own
  OpenBy open_by = OpenBy::password;
  PasswordMode password_mode = PasswordMode::own;
  SlotId slot_id;
  std::optional<StretchedPassword> password;
  std::optional<ManifestQuick> invitation;  // to QUICK, for all recipients
  Notify notify = Notify::server;
  bool notify_delivery = false;
  bool notify_download = false;
  bool show_file_names = false;
  std::string notification_subject;  // empty: the default
  std::string notification_text;
};

/// A file as recipients see it, too.
struct TransferFile {
  std::uint32_t no = 0;
  std::string name;
  std::string type;
  std::uint64_t size = 0;
  std::uint32_t crc32 = 0;
  std::string sha256;  // hex, or empty where the policy asks for none
};

struct StartedRecipient {
  Address address;
  RecipientKind kind = RecipientKind::to;
  TransferId transfer_id;
  std::string link;
  std::optional<MailText> mail{};  // ready to send, where the server sends none
};

struct StartedTransfer {
  bool repeated = false;  // sealed before by the same request
  TrackingId tracking_id;
  Instant created;
  Instant expires;
  std::vector<StartedRecipient> recipients;
  std::vector<TransferFile> files;
};

/// What a refusal is about, as an error's detail: `reason` or `reason address`.
/// Reasons: no_rule, deny_rule, reply_only, invalid_address, password_weak, generated_password,
/// own_password, link_not_allowed, quick_not_allowed, invitation_password, life, phone_required,
/// message_required, notification_fixed, client_mail_not_allowed (refused); size (too_large);
/// files_differ, started_differently (conflict).
///
/// Threads: any; blocks on database and disk.
class Start {
 public:
  explicit Start(const Parts& parts) : parts_(parts) {}

  /// That this draft may be started with that password, as far as it can be told before its Argon2
  /// run. Brings the request into its checked form. A repeated start is admitted.
  /// Errors: those of start(); `refused` ("password_weak"); `invalid` over 128 characters or not
  /// UTF-8.
  Result<> admit_password(const DraftKey& key, StartRequest& request,
                          std::string_view password) const;

  /// Errors: those of Drafts; `refused`, `conflict`, `invalid`, `too_large` as above.
  Result<StartedTransfer> start(const DraftKey& key, StartRequest request);

 private:
  const Parts& parts_;
};

/// Runs Argon2 for a new keyslot: 0.1 to 0.4 s of a core, 64 MiB. Errors: those of
/// password_secret().
Result<StretchedPassword> stretch_password(std::string_view password, Random& random);

}  // namespace couvert
