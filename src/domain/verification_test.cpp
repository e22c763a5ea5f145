#include "domain/verification.h"

#include <doctest/doctest.h>

#include <set>

using namespace couvert;
using namespace std::chrono_literals;

namespace {

// Counts up, so that every byte value comes.
class CountingRandom final : public Random {
 public:
  void fill(MutableBytes out) override {
    for (std::byte& byte : out) byte = static_cast<std::byte>(next_++);
  }

 private:
  unsigned char next_ = 0;
};

}  // namespace

TEST_CASE("a code has ten characters that cannot be taken for one another") {
  CountingRandom random;
  std::set<char> seen;
  for (int i = 0; i < 100; ++i) {
    const std::string code = make_code(random);
    CHECK(code.size() == 10);
    seen.insert(code.begin(), code.end());
  }
  CHECK(seen.size() == 23);
  for (const char c : std::string("0o1il2z5s8buv")) CHECK_FALSE(seen.contains(c));
}

TEST_CASE("a code is read as people type and paste it") {
  CHECK(normalise_code(" AbC-de 34\n") == "abcde34");
}

TEST_CASE("a proof ends at its end and after idling") {
  const VerificationLimits limits;
  const Instant made = from_unix(1'000'000);
  const Instant end = made + limits.life;
  CHECK(still_holds(limits, made, end, made + limits.idle - 1ms));
  CHECK_FALSE(still_holds(limits, made, end, made + limits.idle));
  CHECK(still_holds(limits, end - 1h, end, end - 1ms));
  CHECK_FALSE(still_holds(limits, end - 1h, end, end));
}
