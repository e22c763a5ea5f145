// `couvertd policy explain`: who may send what to whom, and which rule says so.
#pragma once

#include <string>
#include <vector>

#include "domain/policy.h"

namespace couvert {

inline constexpr std::string_view network_word = "network=";

struct ExplainQuestion {
  Address sender;
  std::vector<Address> recipients;
  std::optional<IpAddress> client;
};

/// SENDER RECIPIENT... [network=ADDRESS]. Errors: `invalid`.
Result<ExplainQuestion> parse_explain(const std::vector<std::string>& words);

/// A paragraph for each recipient, then all settings that hold for a transfer to all who may
/// receive.
std::string explain(const Policy& policy, const Allowance& base, const ExplainQuestion& question);

}  // namespace couvert
