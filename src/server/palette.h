// An organisation's two colours as a style sheet of the portal.
#pragma once

#include <string>

#include "domain/colour.h"

namespace couvert {

/// The tokens of web/ui/tokens.css that differ; empty without colours.
std::string style_of(const OwnColours& own);

}  // namespace couvert
