#include "service/preview.h"

#include <doctest/doctest.h>

#include "service/reply_link.h"
#include "service/test_world.h"

using namespace couvert;
using namespace std::chrono_literals;

namespace {

PreviewRequest good_preview(const TestWorld& world) {
  PreviewRequest request;
  request.from = Address{"anna@example.org"};
  request.name = "Anna <b>Muster</b>";
  request.language = Language::de;
  request.expires = world.clock.now() + 48h;
  request.text = "Guten Tag";
  return request;
}

}  // namespace

TEST_CASE("a preview has the links of the mail, with an ID that nobody has") {
  TestWorld world;
  const Caller anna = world.verified("anna@example.org");
  const Result<Preview> shown = ShowPreview(*world.parts).show(anna, good_preview(world));
  REQUIRE(shown.has_value());
  const std::size_t at = shown->text.find("/r/");
  REQUIRE(at != std::string::npos);
  const std::string id = shown->text.substr(at + 3, 26);
  CHECK(TransferId::parse(id).has_value());
  const Address sender{"anna@example.org"};
  const std::string reply = reply_link(world.settings.base_url, id, sender);
  CHECK(reply.ends_with("&to=anna@example.org"));
  CHECK(shown->text.find(reply) != std::string::npos);
}

TEST_CASE("the HTML of a preview opens no link and holds no markup of people") {
  TestWorld world;
  const Caller anna = world.verified("anna@example.org");
  const Result<Preview> shown = ShowPreview(*world.parts).show(anna, good_preview(world));
  REQUIRE(shown.has_value());
  CHECK(shown->html.find("<head>\n<base target=\"_blank\">\n") != std::string::npos);
  CHECK(shown->html.find("<b>Muster") == std::string::npos);
  CHECK(shown->html.find("Guten Tag") != std::string::npos);
}

TEST_CASE("a preview is for who has proven the sender's mailbox") {
  TestWorld world;
  const Caller bert = world.verified("bert@example.com");
  const Result<Preview> shown = ShowPreview(*world.parts).show(bert, good_preview(world));
  CHECK(shown.error().code == ErrorCode::unproven);
}
