// Which page of a list of transfers is asked for.
#pragma once

#include <optional>

#include "base/id.h"
#include "base/limits.h"

namespace couvert {

struct PageWish {
  std::optional<TrackingId> before;           // what comes behind it in the list; else the first
  std::size_t count = limits::sent_page_max;  // of transfers, from 1 to that
};

}  // namespace couvert
