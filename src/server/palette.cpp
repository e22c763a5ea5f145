#include "server/palette.h"

namespace couvert {
namespace {

std::string token(std::string_view name, const Colour& colour) {
  return "--" + std::string(name) + ":" + text_of(colour) + ";";
}

std::string tokens_on(Ground ground, const OwnColours& own) {
  std::string tokens;
  if (own.colour) {
    const Shades shades = shades_of(*own.colour, ground);
    tokens += token("brand", shades.brand) + token("brand-strong", shades.strong) +
              token("brand-soft", shades.soft) + token("on-brand", shades.on_brand);
  }
  if (own.accent) tokens += token("seal", mark_of(*own.accent, ground));
  return tokens;
}

}  // namespace

std::string style_of(const OwnColours& own) {
  if (own == OwnColours()) return "";
  // Twice :root, so that it holds wherever the page's own style sheet stands.
  return ":root:root{" + tokens_on(Ground::light, own) +
         "}\n@media screen and (prefers-color-scheme:dark){:root:root{" +
         tokens_on(Ground::dark, own) + "}}\n";
}

}  // namespace couvert
