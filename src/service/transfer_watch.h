// Looks again and again, while bytes of a transfer go out, whether they still may.
//
// A download takes seconds or days, and an expiry or a revocation does not wait for its end. The
// recipient's session only has to live when a download begins: its hours end none that runs, as
// closing a page ends no download of a browser. While bytes go out the session counts as used.
#pragma once

#include "service/content.h"

namespace couvert {

/// How exactly the use of a retrieval is noted.
inline constexpr std::chrono::minutes retrieval_touch{1};

/// Threads: one at a time.
class TransferWatch {
 public:
  /// `opened` was live just now. Lifetime: refers to both.
  TransferWatch(const Parts& parts, const OpenedTransfer& opened);

  /// For before each piece: asks the database once a second at most.
  /// Errors: `denied` once the transfer has ended, or is no longer this recipient's; `unavailable`.
  Result<> look();
  /// The same in any case, in a transaction that reads something else, too.
  Result<> look(Transaction& tx);

  const OpenedTransfer& opened() const { return opened_; }

 private:
  void touch();

  const Parts& parts_;
  const OpenedTransfer& opened_;
  Instant end_;          // of the transfer, as last seen
  Duration next_look_;   // on the clock that only runs forward
  Duration next_touch_;  // likewise
};

}  // namespace couvert
