#include "domain/network.h"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>

#include "base/bytes.h"

namespace couvert {
namespace {

constexpr std::array<unsigned char, 12> v4_prefix = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

bool is_one_of(const IpAddress& address, const std::vector<IpNetwork>& networks) {
  return std::ranges::any_of(networks,
                             [&](const IpNetwork& network) { return network.contains(address); });
}

}  // namespace

bool IpAddress::is_v4() const {
  return std::equal(v4_prefix.begin(), v4_prefix.end(), bytes.begin());
}

std::string IpAddress::network() const {
  std::array<char, INET6_ADDRSTRLEN> text{};
  if (is_v4()) {
    inet_ntop(AF_INET, bytes.data() + 12, text.data(), text.size());
    return text.data();
  }
  std::array<unsigned char, 16> prefix{};
  std::copy_n(bytes.begin(), 8, prefix.begin());
  inet_ntop(AF_INET6, prefix.data(), text.data(), text.size());
  return std::string(text.data()) + "/64";
}

Result<IpAddress> parse_ip(std::string_view text) {
  const std::string terminated(text);
  IpAddress address;
  if (inet_pton(AF_INET6, terminated.c_str(), address.bytes.data()) == 1) return address;
  std::copy(v4_prefix.begin(), v4_prefix.end(), address.bytes.begin());
  if (inet_pton(AF_INET, terminated.c_str(), address.bytes.data() + 12) == 1) return address;
  return fail(ErrorCode::invalid, "no IP address");
}

bool IpNetwork::contains(const IpAddress& other) const {
  const unsigned whole = bits / 8;
  if (!std::equal(other.bytes.begin(), other.bytes.begin() + whole, address.bytes.begin())) {
    return false;
  }
  if (bits % 8 == 0) return true;
  const unsigned shift = 8 - bits % 8;
  return other.bytes[whole] >> shift == address.bytes[whole] >> shift;
}

Result<IpNetwork> parse_network(std::string_view text) {
  const std::size_t slash = std::min(text.find('/'), text.size());
  const Result<IpAddress> address = parse_ip(text.substr(0, slash));
  if (!address) return pass(address);
  IpNetwork network{*address, 128};
  if (slash == text.size()) return network;
  unsigned bits = 0;
  const auto [rest, error] =
      std::from_chars(text.data() + slash + 1, text.data() + text.size(), bits);
  const unsigned bits_max = address->is_v4() ? 32 : 128;
  if (error != std::errc() || rest != text.data() + text.size() || bits > bits_max) {
    return fail(ErrorCode::invalid, "no network");
  }
  network.bits = bits + (128 - bits_max);
  return network;
}

IpAddress client_of(const IpAddress& peer, std::string_view forwarded_for,
                    const std::vector<IpNetwork>& proxies) {
  IpAddress client = peer;
  std::string_view rest = forwarded_for;
  // From the right: each proxy appends the address that it saw.
  while (is_one_of(client, proxies) && !rest.empty()) {
    const std::size_t comma = rest.rfind(',');
    const std::size_t begin = comma == std::string_view::npos ? 0 : comma + 1;
    const Result<IpAddress> named = parse_ip(without_blanks(rest.substr(begin)));
    if (!named) break;
    client = *named;
    rest = rest.substr(0, begin == 0 ? 0 : comma);
  }
  return client;
}

}  // namespace couvert
