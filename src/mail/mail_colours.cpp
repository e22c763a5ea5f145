#include "mail/mail_colours.h"

namespace couvert {

MailColours mail_colours(const OwnColours& own) {
  MailColours colours;
  if (own.colour) {
    const Shades light = shades_of(*own.colour, Ground::light);
    const Shades dark = shades_of(*own.colour, Ground::dark);
    colours.brand = text_of(light.brand);
    colours.on_brand = text_of(light.on_brand);
    colours.dark_brand = text_of(dark.brand);
    colours.dark_on_brand = text_of(dark.on_brand);
    colours.line = text_of(line_of(*own.colour));
    colours.mark = colours.line;
  }
  if (own.accent) colours.mark = text_of(line_of(*own.accent));
  return colours;
}

}  // namespace couvert
