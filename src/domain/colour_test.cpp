#include "domain/colour.h"

#include <doctest/doctest.h>

#include <random>

using namespace couvert;

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

TEST_CASE("a line of any colour is seen on light and dark grounds alike") {
  std::mt19937 random(7);
  Colour colour{{0, 0, 0}};
  for (int tried = 0; tried < 300; tried++) {
    const Colour line = line_of(colour);
    CAPTURE(text_of(colour));
    CHECK(contrast(line, {{0xf4, 0xf2, 0xec}}) >= 3);
    CHECK(contrast(line, {{0x1a, 0x22, 0x29}}) >= 3);
    for (std::uint8_t& part : colour.parts) part = static_cast<std::uint8_t>(random());
  }
  CHECK(line_of({{0x2f, 0x84, 0x97}}) == Colour{{0x2f, 0x84, 0x97}});
}
