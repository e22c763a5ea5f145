#include "http/shares.h"

#include <doctest/doctest.h>

#include <vector>

using namespace couvert;

TEST_CASE("a network holds its part at most, all networks together the whole") {
  Shares shares(3, 2);
  std::vector<Shares::Share> held;
  const auto take = [&](const std::string& network) {
    auto share = shares.take(network);
    if (share) held.push_back(std::move(*share));
    return share.has_value();
  };
  CHECK(take("10.0.0.1"));
  CHECK(take("10.0.0.1"));
  CHECK(!take("10.0.0.1"));
  CHECK(take("10.0.0.2"));
  CHECK(!take("10.0.0.3"));
  held.pop_back();
  CHECK(take("10.0.0.3"));
  held.clear();
  CHECK(take("10.0.0.1"));
}
