// Networks: where a request comes from, as limits count it, and which proxies are believed.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace couvert {

/// An IP address of 16 bytes; IPv4 ones as ::ffff:a.b.c.d.
struct IpAddress {
  std::array<unsigned char, 16> bytes{};

  bool operator==(const IpAddress&) const = default;

  bool is_v4() const;
  /// An IPv4 address, or the first 64 bits of an IPv6 one: who could have many counts as one.
  std::string network() const;
};

/// Errors: `invalid`.
Result<IpAddress> parse_ip(std::string_view text);

/// "10.0.0.0/8", "fd00::/8" or a single address.
struct IpNetwork {
  IpAddress address;
  unsigned bits = 128;

  bool contains(const IpAddress& other) const;
};

/// Errors: `invalid`.
Result<IpNetwork> parse_network(std::string_view text);

/// Who really called: the last address of X-Forwarded-For (all its fields joined: some proxies add
/// one of their own) that is not itself a believed proxy, if the peer is one; else the peer.
IpAddress client_of(const IpAddress& peer, std::string_view forwarded_for,
                    const std::vector<IpNetwork>& proxies);

}  // namespace couvert
