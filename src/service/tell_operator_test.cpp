#include "service/tell_operator.h"

#include <doctest/doctest.h>

#include <algorithm>

#include "service/test_world.h"

using namespace couvert;
using namespace std::chrono_literals;

namespace {

struct Operated {
  TestWorld world;

  Operated() {
    world.settings.operator_address = "operator@example.org";
    world.settings.operator_language = Language::de;
  }

  std::size_t tell(const std::vector<Trouble>& troubles) {
    const Result<std::size_t> told = tell_operator(*world.parts, troubles);
    REQUIRE(told.has_value());
    return *told;
  }
};

const Trouble full{TroubleKind::disk, "/srv/objects", 4, {}};

}  // namespace

TEST_CASE("the operator hears of a trouble once a day while it lasts") {
  Operated operated;
  CHECK(operated.tell({full}) == 1);
  CHECK(operated.tell({full}) == 0);
  CHECK(operated.tell({full, {TroubleKind::disk, "/srv/other", 4, {}}}) == 1);
  operated.world.clock.advance(24h);
  CHECK(operated.tell({full}) == 1);
  operated.world.deliver();
  const auto& mails = operated.world.transport.mails;
  REQUIRE(mails.size() == 3);
  CHECK(mails[0].first.to.text == "operator@example.org");
  CHECK(mails[0].second.find("Content-Language: de") != std::string::npos);
  const auto names = [](const auto& mail) {
    return mail.second.find("objects") != mail.second.npos;
  };
  CHECK(std::ranges::count_if(mails, names) == 2);
}

TEST_CASE("without an operator's address nobody is told") {
  Operated operated;
  operated.world.settings.operator_address.clear();
  CHECK(operated.tell({full}) == 0);
}

TEST_CASE("mails that wait for hours are a trouble, those of a moment are none") {
  Operated operated;
  CHECK(operated.tell({full}) == 1);
  operated.world.transport.answer = Error(ErrorCode::unavailable, "451 later");
  operated.world.deliver();
  std::vector<Trouble> troubles;
  REQUIRE(look_at_outbox(*operated.world.parts, "mail.example.org", troubles).has_value());
  CHECK(troubles.empty());
  operated.world.clock.advance(limits::mail_trouble_after);
  REQUIRE(look_at_outbox(*operated.world.parts, "mail.example.org", troubles).has_value());
  REQUIRE(troubles.size() == 1);
  CHECK(troubles[0].kind == TroubleKind::mail_server);
  CHECK(troubles[0].number == 1);
}
