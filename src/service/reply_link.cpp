#include "service/reply_link.h"

#include <cctype>

namespace couvert {
namespace {

// RFC 3986: everything but the unreserved characters and '@' as %XX.
std::string encode_query(std::string_view text) {
  static constexpr char digits[] = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    const auto code = static_cast<unsigned char>(c);
    if (std::isalnum(code) || std::string_view("-._~@").find(c) != std::string_view::npos) {
      out += c;
    } else {
      out += '%';
      out += digits[code >> 4];
      out += digits[code & 15];
    }
  }
  return out;
}

}  // namespace

std::string reply_link(std::string_view base_url, std::string_view transfer_id,
                       const Address& sender) {
  std::string link(base_url);
  link.append("/provide?reply=").append(transfer_id);
  return link.append("&to=").append(encode_query(sender.text));
}

}  // namespace couvert
