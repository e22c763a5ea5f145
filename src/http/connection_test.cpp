#include "http/connection.h"

#include <doctest/doctest.h>

#include <array>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <filesystem>
#include <fstream>
#include <string>

#include "http/test_server.h"

using namespace couvert;
using boost::asio::ip::tcp;

namespace {

// Whether an epoll of this process would wake for this descriptor.
bool wakes_somebody(int handle) {
  const std::string entry = "tfd: ";
  for (const auto& each : std::filesystem::directory_iterator("/proc/self/fdinfo")) {
    std::ifstream lines(each.path());
    for (std::string line; std::getline(lines, line);) {
      if (line.starts_with(entry) && std::stoi(line.substr(entry.size())) == handle) return true;
    }
  }
  return false;
}

// One end of a line in the test's hands, the other a connection.
struct Line {
  boost::asio::io_context io;
  tcp::acceptor acceptor{io, {boost::asio::ip::address_v4::loopback(), 0}};
  TestClient client{acceptor.local_endpoint().port()};
  SystemClock clock;
  Metrics metrics;
  int handle = -1;
  std::shared_ptr<Connection> connection;

  Line() {
    Connection::Socket socket(boost::asio::make_strand(io.get_executor()));
    acceptor.accept(socket);
    handle = socket.native_handle();
    connection = std::make_shared<Connection>(std::move(socket), ConnectionParts{clock, metrics},
                                              *parse_ip("127.0.0.1"));
  }
};

}  // namespace

TEST_CASE("a line that left io wakes nobody, until it is waited for") {
  Line line;
  CHECK(wakes_somebody(line.handle));
  line.connection->leave_io();
  CHECK(!wakes_somebody(line.handle));
  line.client.send("abc");
  CHECK(line.connection->wait_briefly(Connection::Way::in));
  std::array<std::byte, 16> room{};
  std::size_t filled = 0;
  CHECK(line.connection->read_ready(room, filled) == LineStep::waits);
  CHECK(filled == 3);

  Result<> ready = fail(ErrorCode::unavailable, "not waited for");
  boost::asio::co_spawn(
      line.connection->strand(),
      [&]() -> boost::asio::awaitable<void> {
        ready = co_await line.connection->wait_for_sender();
      },
      boost::asio::detached);
  line.io.poll();
  CHECK(wakes_somebody(line.handle));
  line.client.send("d");
  line.io.restart();
  line.io.run_one_for(std::chrono::seconds(5));
  line.io.poll();
  CHECK(ready);
}

TEST_CASE("a line that left io ends with its connection, and when it is broken off") {
  Line kept;
  kept.connection->leave_io();
  kept.connection = nullptr;
  CHECK(kept.client.read_all().empty());
  CHECK(!kept.client.broken());

  Line broken;
  broken.connection->leave_io();
  broken.connection->abort();
  CHECK(broken.client.read_all().empty());
  CHECK(broken.client.broken());
}
