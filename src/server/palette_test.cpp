#include "server/palette.h"

#include <doctest/doctest.h>

#include <fstream>
#include <map>
#include <random>
#include <sstream>

using namespace couvert;

namespace {

using Tokens = std::map<std::string, Colour>;

// The colours among the tokens of a block.
Tokens tokens_of(std::string_view css) {
  Tokens tokens;
  while (true) {
    const std::size_t begin = css.find("--");
    if (begin == std::string_view::npos) return tokens;
    css.remove_prefix(begin + 2);
    const std::size_t colon = css.find(':');
    const std::size_t end = css.find(';');
    std::string_view value = css.substr(colon + 1, end - colon - 1);
    while (value.starts_with(' ')) value.remove_prefix(1);
    if (const Result<Colour> colour = parse_colour(value)) {
      tokens[std::string(css.substr(0, colon))] = *colour;
    }
    css.remove_prefix(end);
  }
}

struct Pages {
  Tokens light;
  Tokens dark;
};

Pages pages_of(const std::string& css) {
  const std::size_t middle = css.find("@media");
  REQUIRE(middle != std::string::npos);
  return {tokens_of(css.substr(0, middle)), tokens_of(css.substr(middle))};
}

// The tokens of the portal, with those that `css` says anew.
Pages pages_with(const std::string& css) {
  std::ifstream file(COUVERT_SOURCE_DIR "/web/ui/tokens.css");
  std::ostringstream own;
  own << file.rdbuf();
  Pages pages = pages_of(own.str());
  const Pages changed = pages_of(css);
  for (const auto& [name, colour] : changed.light) pages.light.at(name) = colour;
  for (const auto& [name, colour] : changed.dark) pages.dark.at(name) = colour;
  return pages;
}

void check_contrasts(Tokens& page) {
  for (const char* ground : {"paper", "surface", "surface-sunk", "brand-soft"}) {
    CAPTURE(ground);
    CHECK(contrast(page["brand"], page[ground]) >= 4.5);
    CHECK(contrast(page["brand-strong"], page[ground]) >= 4.5);
    CHECK(contrast(page["ink"], page[ground]) >= 4.5);
    CHECK(contrast(page["ink-soft"], page[ground]) >= 4.5);
  }
  CHECK(contrast(page["on-brand"], page["brand"]) >= 4.5);
  CHECK(contrast(page["on-brand"], page["brand-strong"]) >= 4.5);
  for (const char* ground : {"paper", "surface"}) CHECK(contrast(page["seal"], page[ground]) >= 3);
}

}  // namespace

TEST_CASE("a colour is a hash and six digits") {
  CHECK(parse_colour("#0f5a6b") == Colour{{0x0f, 0x5a, 0x6b}});
  for (const char* text : {"", "#", "0f5a6b", "0f5a6bb", "#0F5A6B", "#0f5a6", "#0f5a6b0", "#fff",
                           "red", "#0f5a6;", "#}*{x:y"}) {
    CAPTURE(text);
    CHECK(parse_colour(text).error().code == ErrorCode::invalid);
  }
}

TEST_CASE("contrasts are those of WCAG") {
  CHECK(contrast({{0, 0, 0}}, {{255, 255, 255}}) == doctest::Approx(21));
  CHECK(contrast({{255, 255, 255}}, {{0, 0, 0}}) == doctest::Approx(21));
  CHECK(contrast({{0x77, 0x77, 0x77}}, {{255, 255, 255}}) == doctest::Approx(4.478).epsilon(0.001));
  CHECK(contrast({{9, 9, 9}}, {{9, 9, 9}}) == doctest::Approx(1));
}

TEST_CASE("whatever the organisation's colours are, its pages can be read") {
  std::mt19937 random(7);
  std::vector<Colour> colours = {{{0, 0, 0}},       {{255, 255, 255}},   {{255, 255, 0}},
                                 {{0, 0, 255}},     {{255, 0, 0}},       {{0, 255, 0}},
                                 {{128, 128, 128}}, {{0xe3, 0xef, 0xf1}}};
  while (colours.size() < 300) {
    Colour colour;
    for (std::uint8_t& part : colour.parts) part = static_cast<std::uint8_t>(random());
    colours.push_back(colour);
  }
  for (const Colour& colour : colours) {
    CAPTURE(style_of(colour, colour));
    Pages pages = pages_with(style_of(colour, colour));
    check_contrasts(pages.light);
    check_contrasts(pages.dark);
  }
}

TEST_CASE("a colour that can be read stays as it is, and what was not asked for is not said") {
  const Colour blue{{0x00, 0x33, 0x99}};
  CHECK(tokens_of(style_of(blue, {}))["brand"] != blue);  // the last one is the dark page's
  CHECK(pages_of(style_of(blue, {})).light["brand"] == blue);
  CHECK_FALSE(pages_of(style_of(blue, {})).light.contains("seal"));
  CHECK_FALSE(pages_of(style_of({}, blue)).light.contains("brand"));
  CHECK(style_of({}, {}).empty());
}
