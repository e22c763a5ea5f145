#include "http/router.h"

#include <algorithm>
#include <optional>
#include <set>

namespace couvert {
namespace {

bool is_id(std::string_view text) {
  return text.size() == 26 && std::ranges::all_of(text, [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= '2' && c <= '7');
         });
}

bool is_number(std::string_view text) {
  const bool canonical = text == "0" || !text.starts_with('0');
  const bool digits = std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
  if (text.empty() || text.size() > 10 || !canonical || !digits) return false;
  return std::stoull(std::string(text)) <= UINT32_MAX;
}

// Cuts the first segment, with its slash, off `path`.
std::string_view take_segment(std::string_view& path) {
  const std::size_t end = std::min(path.find('/', 1), path.size());
  const std::string_view segment = path.substr(1, end - 1);
  path.remove_prefix(end);
  return segment;
}

std::optional<std::vector<std::string>> match(std::string_view pattern, std::string_view path) {
  std::vector<std::string> arguments;
  while (!pattern.empty() && !path.empty()) {
    const std::string_view expected = take_segment(pattern);
    const std::string_view found = take_segment(path);
    if (!expected.starts_with('{')) {
      if (expected != found) return std::nullopt;
      continue;
    }
    const bool well_formed = expected.ends_with("_no}") ? is_number(found) : is_id(found);
    if (!well_formed) return std::nullopt;
    arguments.emplace_back(found);
  }
  if (!pattern.empty() || !path.empty()) return std::nullopt;
  return arguments;
}

}  // namespace

Result<Router> Router::make(std::vector<Route> routes) {
  std::set<std::pair<Method, std::string>> seen;
  for (const Route& route : routes) {
    const bool well_formed =
        route.path.starts_with('/') && route.path.find("//") == std::string::npos;
    if (!well_formed || !route.handler) {
      return fail(ErrorCode::invalid, "a malformed route: " + route.path);
    }
    if (!seen.emplace(route.method, route.path).second) {
      return fail(ErrorCode::invalid, "two routes for " + route.path);
    }
  }
  return Router(std::move(routes));
}

Router::Match Router::find(Method method, std::string_view path) const {
  Match best;
  for (const Route& route : routes_) {
    std::optional<std::vector<std::string>> arguments = match(route.path, path);
    if (!arguments) continue;
    if (!best.allowed.empty()) best.allowed += ", ";
    best.allowed += name_of(route.method);
    const bool headed = route.method == Method::get && route.access.pace == Pace::quick;
    if (headed) best.allowed += ", HEAD";  // answered by the same handler
    best.tus = best.tus || route.access.tus;
    // Of two templates that fit (/confirm, /{verification_id}), the one with fewer names is meant.
    const bool better = best.route == nullptr || arguments->size() < best.arguments.size();
    if (route.method == method && better) {
      best.route = &route;
      best.arguments = std::move(*arguments);
    }
  }
  return best;
}

}  // namespace couvert
