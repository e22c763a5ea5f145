#include "cli/state.h"

#include <doctest/doctest.h>

#include "cli/temporary_folder.h"

using namespace couvert;

static const ServerUrl server{"https://transfer.example.org"};

static std::string session_file(const TemporaryFolder& folder) {
  for (const auto& entry : std::filesystem::directory_iterator(folder.path("state"))) {
    if (entry.path().filename().string().starts_with("session-")) {
      return "state/" + entry.path().filename().string();
    }
  }
  return "";
}

TEST_CASE("the state lies where the environment says") {
  CHECK(*state_folder({"/c", "/x", "/h"}) == "/c");
  CHECK(*state_folder({"", "/x", "/h"}) == "/x/couvert");
  CHECK(*state_folder({"", "relative", "/h"}) == "/h/.local/state/couvert");
  CHECK(*state_folder({"", "", "/h"}) == "/h/.local/state/couvert");
  CHECK(state_folder({"", "", ""}).error().exit == Exit::usage);
}

TEST_CASE("a session is kept for its server alone, and only its owner can read it") {
  TemporaryFolder folder;
  const auto state = State::open(folder.path("state"));
  REQUIRE(state);
  CHECK(folder.mode("state") == 0700);
  CHECK(state->session(server)->empty());
  REQUIRE(state->keep_session(server, WipedText("first")));
  REQUIRE(state->keep_session(server, WipedText("tok-123_x")));
  CHECK(state->session(server)->text() == "tok-123_x");
  CHECK(state->session(ServerUrl{"https://other.example.org"})->empty());
  CHECK(folder.mode(session_file(folder)) == 0600);
  CHECK(folder.entries("state") == 1);
}

TEST_CASE("a session is forgotten for its server alone, and one that is not there as well") {
  TemporaryFolder folder;
  const auto state = State::open(folder.path("state"));
  const ServerUrl other{"https://other.example.org"};
  REQUIRE(state->keep_session(server, WipedText("first")));
  REQUIRE(state->keep_session(other, WipedText("second")));
  REQUIRE(state->forget_session(server));
  CHECK(state->session(server)->empty());
  CHECK(state->session(other)->text() == "second");
  CHECK(folder.entries("state") == 1);
  CHECK(state->forget_session(server));
}

TEST_CASE("a state that others could read is not used") {
  TemporaryFolder folder;
  const auto state = State::open(folder.path("state"));
  REQUIRE(state->keep_session(server, WipedText("tok")));
  std::filesystem::permissions(folder.path(session_file(folder)), std::filesystem::perms(0640));
  CHECK(state->session(server).error().exit == Exit::refused);
  std::filesystem::permissions(folder.path("state"), std::filesystem::perms(0750));
  CHECK(State::open(folder.path("state")).error().exit == Exit::refused);
}

TEST_CASE("a session file that this program did not write is refused") {
  TemporaryFolder folder;
  const auto state = State::open(folder.path("state"));
  REQUIRE(state->keep_session(server, WipedText("tok")));
  const std::string name = session_file(folder);
  const std::string good = folder.read(name);
  CHECK(good == R"({"server":"https://transfer.example.org","token":"tok"})");
  for (const std::string& wrong :
       {std::string(), good.substr(1), good + "x", std::string(R"({"server":"x","token":"tok"})"),
        std::string(R"({"server":"https://transfer.example.org","token":""})"),
        std::string(R"({"server":"https://transfer.example.org","token":"a b"})"),
        std::string(R"({"server":"https://transfer.example.org","token":"a","more":1})"),
        std::string(10'000, ' ')}) {
    CAPTURE(wrong);
    folder.write(name, wrong);
    CHECK(state->session(server).error().exit == Exit::damaged);
  }
}

TEST_CASE("a session file that is a link is not followed") {
  TemporaryFolder folder;
  const auto state = State::open(folder.path("state"));
  REQUIRE(state->keep_session(server, WipedText("tok")));
  const std::string name = session_file(folder);
  std::filesystem::rename(folder.path(name), folder.path("elsewhere"));
  std::filesystem::create_symlink(folder.path("elsewhere"), folder.path(name));
  CHECK_FALSE(state->session(server));
}
