// An organisation's two colours, made into those of the portal's pages in light and dark.
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

/// "#0f5a6b", nothing else. Errors: `invalid`.
Result<Colour> parse_colour(std::string_view text);

/// WCAG 2.2, "contrast ratio": 1 to 21, whichever is the lighter.
double contrast(const Colour& one, const Colour& other);

/// The tokens of web/ui/tokens.css that differ, as a style sheet; empty without colours. `colour`
/// is that of buttons and links, `accent` that of the mark. Whatever they are, text keeps a
/// contrast of 4.5 to its ground, the mark 3: too light a colour is darkened for light pages, too
/// dark a one lightened for dark ones.
std::string style_of(const std::optional<Colour>& colour, const std::optional<Colour>& accent);

}  // namespace couvert
