// Use case: a client follows a list of transfers without asking for it again and again.
#pragma once

#include <map>
#include <string>

#include "service/verify.h"

namespace couvert {

enum class WatchedList { sent, received };

/// What the list holds, each transfer with a version of its state: another one where anything has
/// changed that the list or getSent shows.
using ListVersions = std::map<TrackingId, std::string>;

/// The latest limits::sent_page_max transfers of a list.
///
/// Threads: one at a time.
class ListWatch {
 public:
  ListWatch(const Parts& parts, Caller caller, const VerificationId& proof, WatchedList list)
      : parts_(parts), caller_(std::move(caller)), proof_(proof), list_(list) {}

  /// Whether look() may find something else than last time, and it is time: something was written,
  /// or limits::event_quiet_max have passed, in which a transfer may have come to its end.
  bool is_due() const;

  /// Errors: `denied` for a proof that is not the caller's, or not any more.
  Result<ListVersions> look();

 private:
  const Parts& parts_;
  const Caller caller_;
  const VerificationId proof_;
  const WatchedList list_;
  std::uint64_t commits_ = 0;  // when last looked
  Duration looked_{};
  Duration pause_{};
};

}  // namespace couvert
