// The link in a mail that answers a transfer.
#pragma once

#include <string>
#include <string_view>

#include "domain/address.h"

namespace couvert {

/// Provide with the transfer's sender as recipient. The transfer ID stands in it as text, so that a
/// preview can show one that nobody has.
std::string reply_link(std::string_view base_url, std::string_view transfer_id,
                       const Address& sender);

}  // namespace couvert
