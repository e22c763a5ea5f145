#include "domain/program.h"

#include <doctest/doctest.h>

#include <map>

using namespace couvert;

namespace {

// Gives the bytes 0, 1, 2 … and begins anew after 255.
class CountingRandom final : public Random {
 public:
  void fill(MutableBytes out) override {
    for (std::byte& byte : out) byte = static_cast<std::byte>(next_++);
  }

 private:
  std::uint8_t next_ = 0;
};

}  // namespace

TEST_CASE("scopes have one spelling, in one order") {
  for (const char* right :
       {"send", "send sent", "send sent receive quick account", "receive account"}) {
    const Result<Scopes> scopes = parse_scopes(right);
    REQUIRE(scopes.has_value());
    CHECK(write_scopes(*scopes) == right);
  }
  for (const char* wrong : {"", " ", "send ", " send", "send  sent", "sent send", "send send",
                            "verify", "send verify", "Send", "all", "send,sent"}) {
    CAPTURE(wrong);
    CHECK_FALSE(parse_scopes(wrong).has_value());
  }
}

TEST_CASE("a user code is eight consonants, each as likely as the others") {
  CountingRandom random;
  std::map<char, int> seen;
  for (int i = 0; i < 300; ++i) {
    const std::string code = make_user_code(random);
    REQUIRE(code.size() == 8);
    CHECK(*parse_user_code(show_user_code(code)) == code);
    for (const char c : code) ++seen[c];
  }
  CHECK(seen.size() == 20);
  for (const auto& [letter, times] : seen) CHECK(times == 120);
}

TEST_CASE("a user code is read whatever its case, spaces and hyphens, and nothing else is") {
  for (const char* typed : {"WDJB-MJHT", "wdjbmjht", " w d j b - m j h t\n", "WDJB\tMJHT\r"}) {
    const Result<std::string> code = parse_user_code(typed);
    REQUIRE(code.has_value());
    CHECK(*code == "WDJBMJHT");
  }
  for (const std::string& wrong :
       {std::string(), std::string("WDJBMJH"), std::string("WDJBMJHTB"), std::string("WDJBMJHA"),
        std::string("WDJB_MJHT"), "WDJBMJHT" + std::string(60, ' ')}) {
    CAPTURE(wrong);
    CHECK_FALSE(parse_user_code(wrong).has_value());
  }
}
