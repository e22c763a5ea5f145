// What a mail about QUICK tells of (spec/quick.md, sections 4 and 7).
#pragma once

#include <optional>
#include <string_view>

namespace couvert {

enum class QuickEvent {
  activated,   // the person has activated QUICK
  new_device,  // one more device of the person's
  anew,        // the person has started anew
  reset,       // the operator has ended the person's QUICK
  connected,   // a contact has answered the invitation
  changed,     // a contact has started anew
  removed,     // the operator has ended a contact's QUICK
};

std::string_view name_of(QuickEvent event);
std::optional<QuickEvent> parse_quick_event(std::string_view text);

}  // namespace couvert
