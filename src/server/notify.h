// Tells systemd how the service stands: sd_notify(3) in the few lines that it takes.
#pragma once

#include <string_view>

namespace couvert {

/// Sends `state`, such as "READY=1", to the socket that NOTIFY_SOCKET names. Does nothing where
/// there is none or nobody listens.
void notify_service_manager(std::string_view state);

}  // namespace couvert
