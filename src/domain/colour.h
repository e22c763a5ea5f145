// An organisation's two colours, and what pages and mails make of them in light and dark.
//
// Whatever the colours are, text keeps a contrast of 4.5 to its ground, a mark or a line 3: too
// light a colour is darkened on light grounds, too dark a one lightened on dark ones.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace couvert {

/// sRGB, each part 0 to 255.
struct Colour {
  std::array<std::uint8_t, 3> parts{};

  bool operator==(const Colour&) const = default;
};

/// As configured; none: the product's own.
struct OwnColours {
  std::optional<Colour> colour;  // of buttons and links
  std::optional<Colour> accent;  // of the mark

  bool operator==(const OwnColours&) const = default;
};

/// What a colour is drawn on: the grounds of web/ui/tokens.css, which mails have, too.
enum class Ground { light, dark };

/// A colour's relatives for one ground.
struct Shades {
  Colour brand;     // text and filled buttons
  Colour strong;    // the same under the pointer
  Colour soft;      // a ground for brand and strong
  Colour on_brand;  // text on brand and strong
};

/// "#0f5a6b", nothing else. Errors: `invalid`.
Result<Colour> parse_colour(std::string_view text);

/// "#0f5a6b".
std::string text_of(const Colour& colour);

/// WCAG 2.2, "contrast ratio": 1 to 21, whichever is the lighter.
double contrast(const Colour& one, const Colour& other);

Shades shades_of(const Colour& colour, Ground ground);

/// For marks and lines: a contrast of 3 to the ground.
Colour mark_of(const Colour& colour, Ground ground);

/// The same on both grounds at once, for readers that change the ground and keep the line.
Colour line_of(const Colour& colour);

}  // namespace couvert
