#include "cli/password.h"

#include <doctest/doctest.h>

#include <set>

#include "cli/temporary_folder.h"

using namespace couvert;

namespace {

// Numbers that repeat themselves from run to run.
class CountingRandom final : public Random {
 public:
  void fill(MutableBytes out) override {
    for (std::byte& byte : out) {
      state_ = state_ * 6364136223846793005u + 1442695040888963407u;
      byte = static_cast<std::byte>(state_ >> 56);
    }
  }

 private:
  std::uint64_t state_ = 1;
};

}  // namespace

TEST_CASE("a made password satisfies the rules and confuses nobody") {
  CountingRandom random;
  std::set<std::string> made;
  for (int i = 0; i < 1000; ++i) {
    const std::string password = make_password(random, 8).text();
    REQUIRE(password.size() == 19);
    for (const std::size_t hyphen : {4, 9, 14}) CHECK(password[hyphen] == '-');
    CHECK(password.find_first_of("ilo01IO") == password.npos);
    CHECK(password.find_first_of("abcdefghjkmnpqrstuvwxyz") != password.npos);
    CHECK(password.find_first_of("ABCDEFGHJKLMNPQRSTUVWXYZ") != password.npos);
    CHECK(password.find_first_of("23456789") != password.npos);
    made.insert(password);
  }
  CHECK(made.size() == 1000);
}

TEST_CASE("the password is the first line of the file, whatever ends it") {
  Interrupt interrupt;
  Terminal terminal(interrupt, Terminal::Talk::quiet);
  TemporaryFolder folder;
  for (const char* content : {"Pw ä-1", "Pw ä-1\n", "Pw ä-1\r\n", "Pw ä-1\nsecond line\n"}) {
    const auto password = read_password(folder.write("pw", content), terminal);
    REQUIRE(password);
    CHECK(password->text() == "Pw ä-1");
  }
}

TEST_CASE("a file that holds no password is refused") {
  Interrupt interrupt;
  Terminal terminal(interrupt, Terminal::Talk::quiet);
  TemporaryFolder folder;
  for (const std::string& content : {std::string(), std::string("\nx"), std::string("lat\xe4in"),
                                     std::string("a\0b", 3), std::string(1025, 'a')}) {
    CHECK(read_password(folder.write("pw", content), terminal).error().exit == Exit::usage);
  }
  CHECK(read_password(folder.write("pw", std::string(1024, 'a')), terminal));
  CHECK(read_password(folder.path("none"), terminal).error().exit == Exit::unavailable);
}
