// Finds the route of a request. The templates are those of spec/api.yaml, so that logs can name
// routes and never IDs.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "http/exchange.h"

namespace couvert {

class Router {
 public:
  /// Errors: `invalid` for two rows of one method and path, and for a malformed template.
  static Result<Router> make(std::vector<Route> routes);

  struct Match {
    const Route* route = nullptr;        // null: no such path, or none for this method
    std::vector<std::string> arguments;  // for the {names}, in their order
    std::string allowed;                 // the path's methods, where the path is there
    bool tus = false;                    // whether a route of the path speaks tus
  };

  /// Lifetime: the match points into the router. Arguments are checked for their form only: 26
  /// characters of base32, or for a {..._no} a canonical number below 2^32.
  Match find(Method method, std::string_view path) const;

 private:
  explicit Router(std::vector<Route> routes) : routes_(std::move(routes)) {}

  std::vector<Route> routes_;
};

}  // namespace couvert
