// Use case: the sender looks after what it sent.
#pragma once

#include "domain/transfer.h"
#include "sealing/keyslot.h"
#include "service/page_wish.h"
#include "service/start.h"
#include "service/verify.h"
#include "store/file_table.h"
#include "store/transfer_table.h"

namespace couvert {

/// A recipient with what it has had so far.
struct SentRecipient {
  Recipient recipient;
  std::int64_t viewed = 0;  // files that it looked at in the page
  std::int64_t downloaded = 0;
};

/// All recipients of a transfer in the order of their positions.
Result<std::vector<SentRecipient>> sent_recipients(Transaction& tx, const SealId& id);

struct SentTransfer {
  Transfer transfer;  // its state as of now: one that is over is expired, whatever the row says yet
  std::vector<SentRecipient> recipients;
  FileTotals files;
  Instant expires_max;  // the latest end that it may be given
};

/// A line of the list.
struct SentSummary {
  Transfer transfer;
  RecipientCounts counts;
  std::vector<Recipient> first;  // at most limits::sent_named_max
  FileTotals files;
};

struct SentPage {
  Address from;
  std::vector<SentSummary> transfers;  // the latest first, as many as were asked for
  bool more = false;
};

/// A file of a sent transfer. Its name is told to who brings the sender's secret.
struct SentFile {
  std::uint32_t no = 0;
  std::uint64_t size = 0;
  std::optional<std::string> name;
};

struct SentFiles {
  std::optional<std::string> subject;  // of the confidential message, told like the names
  std::vector<SentFile> files;         // in the order of their numbers
};

/// What the state of a transfer is called: a revoked one stays that when it is erased.
TransferState seen_state(const Transfer& transfer, Instant now);

/// Errors of all: `denied` for a tracking ID that is not there or whose sender the caller has not
/// proven to be. Threads: any.
class Sent {
 public:
  explicit Sent(const Parts& parts) : parts_(parts) {}

  /// What the address of one of the caller's proofs has sent.
  /// Errors: `denied` also for a proof that is not the caller's.
  Result<SentPage> list(const Caller& caller, const VerificationId& proof, const PageWish& wish);
  Result<SentTransfer> find(const Caller& caller, const TrackingId& id);
  /// Numbers and sizes; names and subject where the held secret is brought and the transfer lives.
  /// Errors: `refused` ("wrong_secret").
  Result<SentFiles> files(const Caller& caller, const TrackingId& id,
                          const std::optional<Secret<32>>& held);
  /// What one recipient has had of each file. Errors: `denied` also for a number not there.
  Result<std::vector<Fetched>> fetched(const Caller& caller, const TrackingId& id,
                                       int recipient_no);

 private:
  const Parts& parts_;
};

/// The row of a sent transfer. Errors: as above.
Result<Transfer> find_sent(const Parts& parts, const Caller& caller, const TrackingId& id);

/// The keys of a live sent transfer by the sender's held secret.
/// Errors: `refused` ("wrong_secret"); `denied` where it is over.
Result<OpenedKeyslot> open_held(const Parts& parts, const Caller& caller, const Transfer& transfer,
                                const Secret<32>& held);

}  // namespace couvert
