// The colours of a mail: the product's, or what an organisation made of them.
#pragma once

#include <string>

#include "domain/colour.h"

namespace couvert {

/// As style sheets write them: "#0f5a6b". The dark ones are for readers that know a style sheet;
/// `line` and `mark` are seen on both grounds, because others darken the ground and nothing else.
struct MailColours {
  std::string brand = "#0f5a6b";          // links, and the button that matters
  std::string on_brand = "#ffffff";       // its label
  std::string dark_brand = "#6cc3d3";     // the same in the dark
  std::string dark_on_brand = "#06222a";  // likewise
  std::string line = "#2f8497";           // around buttons
  std::string mark = "#b64933";           // beside the organisation's name

  bool operator==(const MailColours&) const = default;
};

/// Without an accent the mark has the other colour: a stranger's would not belong to it.
MailColours mail_colours(const OwnColours& own);

}  // namespace couvert
