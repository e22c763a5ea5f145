#include "client/event_reader.h"

#include <doctest/doctest.h>

using namespace couvert;

static std::vector<ServerEvent> taken(EventReader& reader, std::string_view bytes) {
  Answer<std::vector<ServerEvent>> events = reader.take(bytes);
  REQUIRE(events);
  return *events;
}

TEST_CASE("events come out whole, however the line cuts them") {
  const std::string text =
      "retry: 5000\n\nevent: snapshot\ndata: {\"a\":1}\n\n: there\n\nevent: changed\r\ndata: x\r\n"
      "data: y\r\n\r\n";
  for (std::size_t cut = 0; cut <= text.size(); ++cut) {
    EventReader reader;
    std::vector<ServerEvent> events = taken(reader, text.substr(0, cut));
    for (ServerEvent& event : taken(reader, text.substr(cut))) events.push_back(std::move(event));
    REQUIRE(events.size() == 2);
    CHECK(events[0].name == "snapshot");
    CHECK(events[0].data == "{\"a\":1}");
    CHECK(events[1].name == "changed");
    CHECK(events[1].data == "x\ny");
  }
}

TEST_CASE("an event without data is none, and a field without a colon is passed over") {
  EventReader reader;
  CHECK(taken(reader, "event: gone\n\ndata\n\nid: 7\ndata:z\n\n").size() == 1);
}

TEST_CASE("an event at the bound is taken, a longer one ends the stream for good") {
  EventReader reader;
  const std::string data(event_bytes_max - 8, 'x');  // "data: ", two line feeds
  CHECK(taken(reader, "data: " + data + "\n\n").front().data == data);
  EventReader other;
  CHECK_FALSE(other.take("data: " + data + "x\n\n"));
  CHECK_FALSE(other.take("data: y\n\n"));
  EventReader drop;
  bool refused = false;
  for (int i = 0; i < 10'000 && !refused; ++i) refused = !drop.take("data: 123456789\n");
  CHECK(refused);
}
