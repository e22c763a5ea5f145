#include "client/http_date.h"

#include <array>
#include <string>

namespace couvert {

std::optional<Instant> parse_http_date(std::string_view text) {
  static constexpr std::array months = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                        "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  if (text.size() != 29 || text[3] != ',' || !text.ends_with(" GMT")) return std::nullopt;
  for (std::size_t month = 0; month < months.size(); ++month) {
    if (text.substr(8, 3) != months[month]) continue;
    const std::string number = std::to_string(month + 1);
    std::string same(text.substr(12, 4));
    same.append(number.size() == 1 ? "-0" : "-").append(number).append("-");
    same.append(text.substr(5, 2)).append("T").append(text.substr(17, 8)).append("Z");
    const Result<Instant> instant = parse_rfc3339(same);
    if (!instant) return std::nullopt;
    return *instant;
  }
  return std::nullopt;
}

}  // namespace couvert
