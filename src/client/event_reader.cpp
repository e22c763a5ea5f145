#include "client/event_reader.h"

#include <algorithm>

#include "client/api_line.h"

namespace couvert {
Answer<std::vector<ServerEvent>> EventReader::take(std::string_view bytes) {
  std::vector<ServerEvent> events;
  while (!bytes.empty()) {
    const std::size_t end = std::min(bytes.find('\n'), bytes.size());
    bytes_ += end + 1;
    if (bytes_ > event_bytes_max) return foreign_answer("an event is too long");
    line_ += bytes.substr(0, end);
    if (end == bytes.size()) break;
    bytes.remove_prefix(end + 1);
    if (line_.ends_with('\r')) line_.pop_back();
    take_line(line_, events);
    line_.clear();
  }
  return events;
}

void EventReader::take_line(std::string_view line, std::vector<ServerEvent>& events) {
  if (line.empty()) {
    if (!event_.data.empty()) events.push_back(std::move(event_));
    event_ = ServerEvent();
    bytes_ = 0;
    return;
  }
  const std::size_t colon = std::min(line.find(':'), line.size());
  const std::string_view field = line.substr(0, colon);
  std::string_view value = line.substr(std::min(colon + 1, line.size()));
  if (value.starts_with(' ')) value.remove_prefix(1);
  if (field == "event") event_.name = value;
  if (field != "data") return;
  if (!event_.data.empty()) event_.data += '\n';
  event_.data += value;
}

}  // namespace couvert
