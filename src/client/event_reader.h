// Takes a stream of server-sent events apart (WHATWG HTML, section 9.2), as far as Couvert's
// servers write them: fields `event` and `data`, comments as signs of life.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "client/problem.h"

namespace couvert {

inline constexpr std::size_t event_bytes_max = 64 * 1024;

struct ServerEvent {
  std::string name;
  std::string data;
};

/// Memory: one event, event_bytes_max at most. Threads: one.
class EventReader {
 public:
  /// The events that `bytes` complete; a half one waits for its rest. Other fields are passed over.
  /// Errors: reasons::foreign_answer for an event that is too long, and for all that comes after.
  Answer<std::vector<ServerEvent>> take(std::string_view bytes);

 private:
  void take_line(std::string_view line, std::vector<ServerEvent>& events);

  std::string line_;
  ServerEvent event_;
  std::size_t bytes_ = 0;  // of this event
};

}  // namespace couvert
