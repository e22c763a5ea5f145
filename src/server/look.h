// Reads what the configuration's [look] names: the logo, the colours, the texts.
#pragma once

#include "base/result.h"
#include "http/look.h"
#include "server/config.h"

namespace couvert {

/// Files: the logo (SVG, PNG or WebP by its suffix) and NAME.LANGUAGE.txt in the folder of texts,
/// for the names imprint, privacy and terms and the languages de, nl and en.
///
/// Errors: `invalid`, naming key or file: a suffix, colour or text that is none, too large a file,
/// no text at all in a folder, required terms without a text. `unavailable`: cannot be read.
Result<Look> read_look(const LookConfig& config);

}  // namespace couvert
