// Background round: what is past its time goes.
#pragma once

#include "service/parts.h"
#include "store/orphans.h"

namespace couvert {

/// Ends transfers and drafts past their end, erases the content of ended ones, forgets them when
/// their sender has had them in the list for long enough, sweeps sessions,
/// codes and counters, makes day keys ahead and destroys those that are over. What goes, goes by
/// Clock::certain(). Each step is bounded and safe to run twice; a step that fails is logged and
/// leaves the others going. Returns whether none failed.
bool sweep(const Parts& parts);

/// The slow sweep, once an hour: objects that no row names. Returns whether it went well; what did
/// not is logged.
bool sweep_objects(const Parts& parts, OrphanSweep& orphans);

}  // namespace couvert
