// Use case: a recipient opens a transfer and takes its files.
//
// Unknown, expired and revoked IDs are one and the same `denied`. Opening takes three steps, so
// that the slow one (Argon2) can run where it starves nobody: try_password() counts the attempt and
// says what to run, password_secret() (crypto/argon2.h) runs, open() opens and forgives the count.
#pragma once

#include <memory>
#include <variant>

#include "crypto/argon2.h"
#include "service/start.h"

namespace couvert {

/// One attempt that was admitted and counted as a wrong one until open() says otherwise.
struct Attempt {
  TransferId transfer_id;
  std::string network;
  Argon2Parameters parameters;
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
};

/// A recipient's session: its ID and its secret, as the cookie holds it.
struct RetrievalKey {
  SlotId retrieval_id;
  const Secret<32>& secret;
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

/// Errors of all: `denied`, see above and for retrieval IDs that are not there, ended or not this
/// client's. Threads: any.
class Retrieve {
 public:
  explicit Retrieve(const Parts& parts) : parts_(parts) {}

  /// How the transfer is opened.
  Result<OpenBy> find(const TransferId& id);

  /// Errors: `throttled` with the seconds to wait as detail.
  Result<Attempt> try_password(const TransferId& id, const std::string& network);
  /// Opens by what password_secret() made. Errors: `refused` ("wrong_password").
  Result<Retrieval> open(const Attempt& attempt, const Secret<32>& secret);
  /// Opens by the secret of a link: base64url of 32 bytes, or of the mode byte and them.
  Result<Retrieval> open_link(const TransferId& id, const std::string& network,
                              std::string_view fragment);

  Result<Retrieval> look(const RetrievalKey& key);
  Result<> finish(const RetrievalKey& key);

  /// Errors: `denied` also for a file number that is not there.
  Result<std::unique_ptr<Download>> file(const RetrievalKey& key, std::uint32_t no);
  /// Several files as one ZIP; all of them for an empty list.
  Result<std::unique_ptr<Download>> zip(const RetrievalKey& key,
                                        std::vector<std::uint32_t> numbers);

 private:
  const Parts& parts_;
};

}  // namespace couvert
