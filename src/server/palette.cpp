#include "server/palette.h"

#include <algorithm>
#include <cmath>
#include <span>

#include "base/bytes.h"

namespace couvert {
namespace {

constexpr Colour black = {{0, 0, 0}};
constexpr Colour white = {{255, 255, 255}};
// The darkest ground of light pages and the lightest of dark ones, --paper and --surface of
// web/ui/tokens.css: what can be read there can be read on the others.
constexpr Colour light_ground = {{0xf4, 0xf2, 0xec}};
constexpr Colour dark_ground = {{0x1a, 0x22, 0x29}};
constexpr double text_contrast = 4.5;  // WCAG 2.2, 1.4.3
constexpr double mark_contrast = 3.0;  // 1.4.11

double luminance(const Colour& colour) {
  std::array<double, 3> linear{};
  for (std::size_t at = 0; at < linear.size(); at++) {
    const double part = colour.parts[at] / 255.0;
    linear[at] = part <= 0.04045 ? part / 12.92 : std::pow((part + 0.055) / 1.055, 2.4);
  }
  return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2];
}

// `share` of the second, 0 to 1.
Colour mixed(const Colour& one, const Colour& other, double share) {
  Colour result;
  for (std::size_t at = 0; at < result.parts.size(); at++) {
    const double part = one.parts[at] * (1 - share) + other.parts[at] * share;
    result.parts[at] = static_cast<std::uint8_t>(std::lround(part));
  }
  return result;
}

// The colour, with as much of `end` as it takes to be read on all grounds.
Colour readable(const Colour& colour, const Colour& end, double least,
                std::span<const Colour> grounds) {
  for (int percent = 0; percent < 100; percent++) {
    const Colour tried = mixed(colour, end, percent / 100.0);
    const auto is_read = [&](const Colour& ground) { return contrast(tried, ground) >= least; };
    if (std::ranges::all_of(grounds, is_read)) return tried;
  }
  return end;
}

std::string token(std::string_view name, const Colour& colour) {
  return "--" + std::string(name) + ":#" + encode_hex(std::as_bytes(std::span(colour.parts))) + ";";
}

std::string light(const std::optional<Colour>& colour, const std::optional<Colour>& accent) {
  std::string tokens;
  if (colour) {
    const Colour soft = mixed(*colour, white, 0.9);
    const Colour brand = readable(*colour, black, text_contrast, std::array{light_ground, soft});
    tokens += token("brand", brand) + token("brand-strong", mixed(brand, black, 0.25)) +
              token("brand-soft", soft) + token("on-brand", white);
  }
  if (accent) tokens += token("seal", readable(*accent, black, mark_contrast, {{light_ground}}));
  return tokens;
}

std::string dark(const std::optional<Colour>& colour, const std::optional<Colour>& accent) {
  std::string tokens;
  if (colour) {
    const Colour soft = mixed(*colour, dark_ground, 0.85);
    const Colour brand = readable(*colour, white, text_contrast, std::array{dark_ground, soft});
    const Colour ink = readable(mixed(brand, black, 0.8), black, text_contrast, {{brand}});
    tokens += token("brand", brand) + token("brand-strong", mixed(brand, white, 0.3)) +
              token("brand-soft", soft) + token("on-brand", ink);
  }
  if (accent) tokens += token("seal", readable(*accent, white, mark_contrast, {{dark_ground}}));
  return tokens;
}

}  // namespace

Result<Colour> parse_colour(std::string_view text) {
  const Result<Buffer> parts = decode_hex(text.substr(text.starts_with('#') ? 1 : 0));
  if (text.size() != 7 || !parts || parts->size() != 3) {
    return fail(ErrorCode::invalid, "no colour such as #0f5a6b");
  }
  Colour colour;
  for (std::size_t at = 0; at < colour.parts.size(); at++) {
    colour.parts[at] = std::to_integer<std::uint8_t>((*parts)[at]);
  }
  return colour;
}

double contrast(const Colour& one, const Colour& other) {
  const auto [darker, lighter] = std::minmax({luminance(one), luminance(other)});
  return (lighter + 0.05) / (darker + 0.05);
}

std::string style_of(const std::optional<Colour>& colour, const std::optional<Colour>& accent) {
  if (!colour && !accent) return "";
  // Twice :root, so that it holds wherever the page's own style sheet stands.
  return ":root:root{" + light(colour, accent) +
         "}\n@media screen and (prefers-color-scheme:dark){:root:root{" + dark(colour, accent) +
         "}}\n";
}

}  // namespace couvert
