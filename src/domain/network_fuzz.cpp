// Fuzzes X-Forwarded-For and the networks of proxies: nobody but a proxy says who a client is.
//
// parser: src/domain/network.cpp
#include <algorithm>

#include "base/result.h"
#include "domain/network.h"

namespace couvert {

void fuzz(std::string_view text) {
  const std::size_t line = std::min(text.find('\n'), text.size());
  const std::string field(text.substr(0, line));
  const Result<IpNetwork> proxy =
      parse_network(line < text.size() ? text.substr(line + 1) : "10.0.0.0/8");
  const Result<IpAddress> stranger = parse_ip("192.0.2.1");
  const Result<IpAddress> inner = parse_ip("10.1.2.3");
  INVARIANT(stranger && inner);
  std::vector<IpNetwork> proxies;
  if (proxy) proxies.push_back(*proxy);
  for (const IpAddress& peer : {*stranger, *inner}) {
    const bool believed = proxy && proxy->contains(peer);
    const IpAddress client = client_of(peer, field, proxies);
    INVARIANT(believed || client.bytes == peer.bytes);
    INVARIANT(client_of(peer, "", proxies).bytes == peer.bytes);
    // A client's own entries stand to the left of its proxy's, and change nothing.
    const std::string forged = "198.51.100.7, " + field + ", 203.0.113.9";
    const bool through = believed && !proxy->contains(*parse_ip("203.0.113.9"));
    INVARIANT(!through || client_of(peer, forged, proxies).network() == "203.0.113.9");
    INVARIANT(client.network().find_first_not_of("0123456789abcdef.:/") == std::string::npos);
  }
  if (const auto address = parse_ip(field)) {
    INVARIANT(parse_ip(address->is_v4() ? address->network() : field)->bytes == address->bytes);
    const IpNetwork alone{*address, 128};
    INVARIANT(alone.contains(*address));
  }
}

}  // namespace couvert

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  couvert::fuzz({reinterpret_cast<const char*>(data), size});
  return 0;
}
