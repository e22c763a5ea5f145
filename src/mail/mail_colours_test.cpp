#include "mail/mail_colours.h"

#include <doctest/doctest.h>

#include <random>

#include "mail/mail_text.h"
#include "mail/sample_mails.h"

using namespace couvert;

namespace {

// What mails are drawn on: page, card and box of the light mail, the same of the dark one, and the
// ground that Thunderbird puts under a mail whose light one it has taken out.
constexpr Colour light_grounds[] = {{{0xf5, 0xf4, 0xef}}, {{0xff, 0xff, 0xff}}};
constexpr Colour dark_grounds[] = {{{0x11, 0x17, 0x1c}}, {{0x1a, 0x22, 0x29}}};

Colour colour_of(const std::string& text) {
  return parse_colour(text).value();
}

void check_contrasts(const MailColours& colours) {
  CHECK(contrast(colour_of(colours.on_brand), colour_of(colours.brand)) >= 4.5);
  CHECK(contrast(colour_of(colours.dark_on_brand), colour_of(colours.dark_brand)) >= 4.5);
  for (const Colour& ground : light_grounds) {
    CHECK(contrast(colour_of(colours.brand), ground) >= 4.5);
    CHECK(contrast(colour_of(colours.line), ground) >= 3);
    CHECK(contrast(colour_of(colours.mark), ground) >= 3);
  }
  for (const Colour& ground : dark_grounds) {
    CHECK(contrast(colour_of(colours.dark_brand), ground) >= 4.5);
    CHECK(contrast(colour_of(colours.line), ground) >= 3);
    CHECK(contrast(colour_of(colours.mark), ground) >= 3);
  }
}

std::string html_of(const OwnColours& own) {
  static const Catalogue catalogue;
  const MailFrame frame = {.organisation = "Example", .time_zone = "Europe/Berlin", .colours = own};
  return write_mail(catalogue, frame, sample_notification(Language::en)).html;
}

}  // namespace

TEST_CASE("whatever the organisation's colours are, its mails can be read in light and dark") {
  check_contrasts(mail_colours({}));
  std::mt19937 random(7);
  std::vector<Colour> colours = {{{0, 0, 0}}, {{255, 255, 255}}, {{255, 255, 0}}, {{0, 0, 255}}};
  while (colours.size() < 300) {
    Colour colour;
    for (std::uint8_t& part : colour.parts) part = static_cast<std::uint8_t>(random());
    colours.push_back(colour);
  }
  for (const Colour& colour : colours) {
    CAPTURE(text_of(colour));
    check_contrasts(mail_colours({colour, colour}));
  }
}

TEST_CASE("a mail has the organisation's colours and none of the product's") {
  const Colour blue{{0x00, 0x33, 0x99}};
  const Colour orange{{0xc0, 0x60, 0x10}};
  const std::string html = html_of({blue, orange});
  for (const char* own : {"background:#003399", "color:#003399", "border-left:4px solid #c06010"}) {
    CAPTURE(own);
    CHECK(html.find(own) != std::string::npos);
  }
  const MailColours product;
  for (const std::string& colour :
       {product.brand, product.dark_brand, product.dark_on_brand, product.line, product.mark}) {
    CAPTURE(colour);
    CHECK(html.find(colour) == std::string::npos);
    CHECK(html_of({}).find(colour) != std::string::npos);
  }
}

TEST_CASE("the mark has the accent's colour, without one that of the buttons") {
  const Colour blue{{0x33, 0x77, 0xcc}};
  CHECK(mail_colours({blue, {}}).mark == "#3377cc");
  CHECK(mail_colours({{}, blue}).mark == "#3377cc");
  CHECK(mail_colours({{}, blue}).brand == MailColours().brand);
}
