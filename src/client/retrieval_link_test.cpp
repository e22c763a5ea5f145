#include "client/retrieval_link.h"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>

#include "client/test_id.h"

using namespace couvert;

// base64url(0x01 || 00 01 02 … 1f)
static const std::string fragment = "AQABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f";

static std::string reason_of(std::string_view text) {
  const Answer<RetrievalLink> link = parse_retrieval_link(text);
  return link ? "fine" : link.error().reason;
}

TEST_CASE("a link names server, transfer and secret") {
  const auto link = parse_retrieval_link("https://example.org/couvert/r/" + id + "#" + fragment);
  REQUIRE(link);
  CHECK(link->server->text == "https://example.org/couvert");
  CHECK(link->transfer_id.text() == id);
  CHECK(link->secret.text() == fragment);
}

TEST_CASE("an ID alone may be typed with capitals, spaces and hyphens") {
  const auto link = parse_retrieval_link("ABCDE-FGHIJ klmno-PQRST uvwxy4");
  REQUIRE(link);
  CHECK_FALSE(link->server);
  CHECK(link->transfer_id.text() == id);
  CHECK(link->secret.empty());
}

TEST_CASE("a link that was cut off or altered is refused before anything is sent") {
  CHECK(reason_of("https://example.org/r/" + id) == "fine");
  CHECK(reason_of("https://example.org/r/" + id.substr(1)) == "link");
  CHECK(reason_of("https://example.org/" + id) == "link");
  CHECK(reason_of("https://example.org/r/" + id + "/x") == "link");
  CHECK(reason_of("https://example.org/r/" + id + "?x") == "link");
  CHECK(reason_of("http://example.org/r/" + id) == "plain_http");
  CHECK(reason_of(id + "#") == "link_secret");
  CHECK(reason_of(id + "#" + fragment.substr(1)) == "link_secret");
  CHECK(reason_of(id + "#" + fragment + "A") == "link_secret");
  CHECK(reason_of(id + "#" + fragment.substr(0, 43) + "=") == "link_secret");
  CHECK(reason_of(std::string(5000, 'a')) == "link");
}

TEST_CASE("a link of a mode that this program does not know is refused") {
  CHECK(reason_of(id + "#Ag" + fragment.substr(2)) == "link_mode");
}

TEST_CASE("the end of a link is the mode and the secret that the server got") {
  const auto made = link_fragment("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8");
  REQUIRE(made);
  CHECK(made->text() == fragment);
  CHECK_FALSE(link_fragment("AAEC"));
}

TEST_CASE("the vectors of links are read as they expect") {
  std::size_t vectors = 0;
  const std::string folder = std::string(COUVERT_SOURCE_DIR) + "/tests/vectors/link";
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    CAPTURE(entry.path().string());
    std::string expect;
    std::string text;
    std::string mode;
    std::ifstream file(entry.path());
    for (std::string line; std::getline(file, line);) {
      if (line.starts_with("expect: ")) expect = line.substr(8);
      if (line.starts_with("text: ")) text = line.substr(6);
      if (line.starts_with("mode: ")) mode = line.substr(6);
    }
    // Mode 2 is opened by clients with keys of their own, which this one is not.
    const bool fine = expect == "ok" && mode == "1";
    CHECK((reason_of(std::string(id).append("#").append(text)) == "fine") == fine);
    ++vectors;
  }
  CHECK(vectors >= 10);
}
