// The JSON of spec/api.yaml for what was sent.
#pragma once

#include "base/json.h"
#include "service/sent.h"

namespace couvert {

Json json_of(const SentPage& page);
Json json_of(const SentTransfer& sent);
Json json_of(const SentFiles& files);
Json json_of(const std::vector<Fetched>& fetched);

}  // namespace couvert
