// Use case: a recipient opens a transfer and takes its files.
//
// Unknown, expired and revoked IDs are one and the same `denied`. Opening by a password takes four
// steps, so that the slow one (Argon2) can run where it starves nobody, and that a try is counted
// only when there is room for it: try_password() says whether one may be made and what to run,
// count() counts it as a wrong one, password_secret() (crypto/argon2.h) runs, open() opens and
// forgives.
#pragma once

#include <memory>
#include <variant>

#include "crypto/argon2.h"
#include "service/password_tries.h"
#include "service/start.h"

namespace couvert {

/// One attempt to open by a password.
struct Attempt {
  TransferId transfer_id;
  Trier trier;
  Argon2Parameters parameters;
  Instant counted;    // by count(): a wrong one until open() says otherwise
  bool last = false;  // the recipient's last one: if it is wrong, the mailbox has to be proven
};

/// What an open transfer shows.
struct Content {
  TransferId transfer_id;
  TrackingId tracking_id;
  Address from;
  std::string name;
  std::string phone;
  Instant created;
  Instant expires;
  std::string subject;
  std::string text;
  std::vector<TransferFile> files;
  bool invites = false;  // to QUICK: invitation() has the rest
};

/// A recipient's session: its ID and its secret, as the cookie holds it.
struct RetrievalKey {
  SlotId retrieval_id;
  const Secret<32>& secret;
};

/// The invitation to QUICK in an opened transfer, and who it goes from and to.
struct QuickInvitation {
  SealId seal;
  Address sender;
  Address recipient;
  ManifestQuick quick;
};

struct Retrieval {
  SlotId retrieval_id;
  std::optional<Secret<32>> token;  // where it was opened just now
  Instant ends;
  Content content;
};

/// Bytes of a file or a ZIP, readable from any place.
///
/// Memory: under 600 KiB, and what the manifest holds. Threads: one at a time; read() blocks on the
/// disk.
class Download {
 public:
  virtual ~Download() = default;
  virtual std::uint64_t size() const = 0;
  /// For Content-Disposition; safe on every system that stores it.
  virtual const std::string& name() const = 0;
  /// Another one for other bytes; made from commitments, never from plaintext.
  virtual const std::string& etag() const = 0;
  /// At least one byte, at most `bytes_max`, from `offset` < size() on. The view is good until the
  /// next call. Errors: `damaged`, `unavailable`, and `denied` once the transfer has ended, however
  /// long the download has been running; the connection must then break.
  virtual Result<Bytes> read(std::uint64_t offset, std::size_t bytes_max) = 0;
  /// Notes that the last byte went out: the recipient has the file (or all files of the ZIP). Where
  /// that fails the log says so: what was delivered is not spoiled by what could not be noted.
  virtual void delivered() = 0;
};

/// A file to be looked at in the page.
struct View {
  std::unique_ptr<Download> download;  // whose bytes, all of them, are not the recipient's yet
  std::string type;                    // of view_type()
};

/// What a saved message has with it.
enum class Attached { nothing, all_files };

/// Errors of all: `denied`, see above and for retrieval IDs that are not there, ended or not this
/// client's. Threads: any.
class Retrieve {
 public:
  explicit Retrieve(const Parts& parts) : parts_(parts) {}

  /// How the transfer is opened by this recipient.
  Result<OpenBy> find(const TransferId& id);

  /// Errors: `throttled` with the seconds to wait as detail; `refused` ("code_needed") where this
  /// caller has to prove the recipient's mailbox first; `refused` ("wrong_password") where there is
  /// no password.
  Result<Attempt> try_password(const TransferId& id, const Caller& caller);
  /// Counts the attempt. Errors: as in try_password(): others may have come in between.
  Result<> count(Attempt& attempt);
  /// Opens by what password_secret() made. Order: after count(). Errors: `refused`
  /// ("wrong_password").
  Result<Retrieval> open(const Attempt& attempt, const Secret<32>& secret);
  /// Opens by the secret of a link or of an envelope: base64url of 32 bytes, or of the mode byte
  /// and them. Nothing is counted: nobody guesses 256 bits. Errors: `refused` ("wrong_password").
  Result<Retrieval> open_link(const TransferId& id, std::string_view fragment);

  /// Mails a code to the mailbox that the transfer was sent to; the address is not told.
  /// Errors: `throttled`; `conflict` where the transfer has no password.
  Result<CodeAnswer> mail_code(const TransferId& id, const Caller& caller, Language language,
                               ClientKind client = ClientKind::browser);
  /// Proves that mailbox, for limits::recipient_proof_life.
  /// Errors: `unproven` without a session; `refused` ("wrong_code", "no_code").
  Result<> confirm_code(const TransferId& id, const Caller& caller, std::string_view code);

  /// Mails the sender that this recipient has no password and asks for it. Over the bounds of
  /// recipient and transfer no mail goes, which nobody is told.
  /// Errors: `throttled`, over that of the network; `conflict` where the transfer has no password.
  Result<> ask_sender(const TransferId& id, const Caller& caller);

  Result<Retrieval> look(const RetrievalKey& key);
  /// Errors: `conflict` ("no_invitation") where the transfer carries none.
  Result<QuickInvitation> invitation(const RetrievalKey& key);
  Result<> finish(const RetrievalKey& key);

  /// Errors: `denied` also for a file number that is not there.
  Result<std::unique_ptr<Download>> file(const RetrievalKey& key, std::uint32_t no);
  /// The same to look at. Errors: also `refused` ("no_view") where it is of no kind that is shown.
  Result<View> view(const RetrievalKey& key, std::uint32_t no);
  /// Several files as one ZIP; all of them for an empty list.
  Result<std::unique_ptr<Download>> zip(const RetrievalKey& key,
                                        std::vector<std::uint32_t> numbers);
  /// The message as a file that mail programs open, alone or with all files attached. Errors: also
  /// `too_large` over limits::attached_files_max and limits::attached_bytes_max.
  Result<std::unique_ptr<Download>> message(const RetrievalKey& key, Attached attached);

 private:
  const Parts& parts_;
};

}  // namespace couvert
