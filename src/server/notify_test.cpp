#include "server/notify.h"

#include <doctest/doctest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cstddef>
#include <cstdlib>
#include <string>

using namespace couvert;

namespace {

// The service manager's end, under an abstract name: "@couvert-test-PID".
class Manager {
 public:
  Manager() : name_("@couvert-test-" + std::to_string(getpid())) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    name_.copy(address.sun_path, name_.size());
    address.sun_path[0] = '\0';
    const auto bytes = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + name_.size());
    handle_ = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0);
    REQUIRE(bind(handle_, reinterpret_cast<const sockaddr*>(&address), bytes) == 0);
  }
  ~Manager() { close(handle_); }

  const std::string& name() const { return name_; }
  std::string heard() const {
    std::array<char, 128> text;
    const ssize_t bytes = recv(handle_, text.data(), text.size(), 0);
    return bytes < 0 ? "" : std::string(text.data(), static_cast<std::size_t>(bytes));
  }

 private:
  std::string name_;
  int handle_;
};

}  // namespace

TEST_CASE("the service manager hears how the service stands, where there is one") {
  const Manager manager;
  setenv("NOTIFY_SOCKET", manager.name().c_str(), 1);
  notify_service_manager("READY=1");
  CHECK(manager.heard() == "READY=1");
  setenv("NOTIFY_SOCKET", std::string(200, '/').c_str(), 1);
  notify_service_manager("READY=1");
  unsetenv("NOTIFY_SOCKET");
  notify_service_manager("READY=1");
  CHECK(manager.heard().empty());
}
