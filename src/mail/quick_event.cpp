#include "mail/quick_event.h"

#include <array>

namespace couvert {
namespace {

constexpr std::array all_events = {
    QuickEvent::activated, QuickEvent::new_device, QuickEvent::anew,   QuickEvent::reset,
    QuickEvent::connected, QuickEvent::changed,    QuickEvent::removed};

}  // namespace

std::string_view name_of(QuickEvent event) {
  switch (event) {
    case QuickEvent::activated:
      return "activated";
    case QuickEvent::new_device:
      return "new_device";
    case QuickEvent::anew:
      return "anew";
    case QuickEvent::reset:
      return "reset";
    case QuickEvent::connected:
      return "connected";
    case QuickEvent::changed:
      return "changed";
    case QuickEvent::removed:
      return "removed";
  }
  return "";
}

std::optional<QuickEvent> parse_quick_event(std::string_view text) {
  for (const QuickEvent event : all_events) {
    if (name_of(event) == text) return event;
  }
  return std::nullopt;
}

}  // namespace couvert
