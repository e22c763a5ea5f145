// Following a list of transfers: what has changed in it, as the server's event stream tells it,
// over streams that end and lines that break.
//
// A stream begins with where everything stands, so that nothing is lost between two of them
// (docs/decisions/0201).
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "client/client.h"
#include "client/event_reader.h"
#include "client/patience.h"

namespace couvert {

/// Who is told.
class ListListener {
 public:
  virtual ~ListListener() = default;
  /// The transfers of these tracking IDs are new or have changed; at first all that are there.
  /// Errors: where they pass, it is told again after a new beginning; others end the following.
  virtual Answer<> changed(const std::vector<std::string>& tracking_ids) = 0;
  /// The stream is there, and all that it has told so far was told on: at least every 15 seconds.
  /// For a look at what it does not tell of. Errors: likewise.
  virtual Answer<> is_there() { return Answer<>(); }
};

struct FollowParts {
  Client& client;  // for the stream alone: a listener asks over another one
  Patience& patience;
  const Clock& clock;
};

/// Follows until `time_max` has passed, for ever without one.
///
/// Errors: interrupted; those of a stream that cannot be opened, at once where they do not pass
///         (the proof has ended), else after ten attempts in a row; of the listener.
Answer<> follow_sent(const FollowParts& parts, const std::string& verification_id,
                     std::optional<Duration> time_max, ListListener& listener);

}  // namespace couvert
