#include "http/cookies.h"

#include <algorithm>

namespace couvert {
namespace {

constexpr std::string_view retrieval_prefix = "__Host-r-";

// Calls visit(name, value) for each pair of every Cookie field (RFC 6265 section 4.2).
template <class Visit>
void each_cookie(const Fields& fields, const Visit& visit) {
  for (const auto& [name, value] : fields) {
    if (name != "cookie") continue;
    std::string_view rest = value;
    while (!rest.empty()) {
      const std::size_t end = std::min(rest.find(';'), rest.size());
      const std::string_view pair = rest.substr(0, end);
      const std::size_t equals = pair.find('=');
      if (equals != std::string_view::npos) visit(pair.substr(0, equals), pair.substr(equals + 1));
      rest.remove_prefix(std::min(end + 1, rest.size()));
      while (rest.starts_with(' ')) rest.remove_prefix(1);
    }
  }
}

}  // namespace

std::string retrieval_cookie(std::string_view retrieval_id) {
  return std::string(retrieval_prefix) + std::string(retrieval_id);
}

std::optional<std::string_view> find_cookie(const Fields& fields, std::string_view name) {
  std::optional<std::string_view> found;
  bool twice = false;
  each_cookie(fields, [&](std::string_view known, std::string_view value) {
    if (known != name) return;
    twice = twice || found.has_value();
    found = value;
  });
  if (twice) return std::nullopt;
  return found;
}

bool has_own_cookie(const Fields& fields) {
  bool own = false;
  each_cookie(fields, [&own](std::string_view name, std::string_view) {
    own = own || name == session_cookie || name.starts_with(retrieval_prefix);
  });
  return own;
}

std::pair<std::string, std::string> set_cookie(std::string_view name, std::string_view value,
                                               std::chrono::seconds life) {
  return {"Set-Cookie", std::string(name) + "=" + std::string(value) +
                            "; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age=" +
                            std::to_string(life.count())};
}

}  // namespace couvert
