// How much of a long test is tried: a sample by a seed, or all.
//
// With COUVERT_ROUNDS=N every case is tried, N times; without it a few of each kind. COUVERT_SEED
// is where a choice begins; without it each run begins elsewhere and prints where.
#pragma once

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdlib>
#include <map>
#include <random>
#include <string>
#include <vector>

namespace couvert {

class Choice {
 public:
  explicit Choice(const std::string& what)
      : seed_(setting("COUVERT_SEED", std::random_device()())),
        rounds_(setting("COUVERT_ROUNDS", 0)),
        random_(seed_) {
    MESSAGE(what << ": COUVERT_SEED=" << seed_ << " COUVERT_ROUNDS=" << rounds_);
  }

  unsigned seed() const { return seed_; }
  /// How many times over all is tried; 0 for a sample.
  unsigned rounds() const { return rounds_; }
  std::size_t below(std::size_t end) { return random_() % end; }

  /// Of the cases, each with its kind, those that are tried: in a sample so many of each kind.
  template <class Case>
  std::vector<Case> of(std::vector<Case> all, std::size_t of_each_kind = 1) {
    std::vector<Case> chosen;
    for (unsigned round = 0; round < rounds_; ++round) {
      chosen.insert(chosen.end(), all.begin(), all.end());
    }
    if (rounds_ > 0) return chosen;
    std::shuffle(all.begin(), all.end(), random_);
    std::map<std::string, std::size_t> counts;
    for (Case& one : all) {
      if (++counts[one.kind] <= of_each_kind) chosen.push_back(std::move(one));
    }
    return chosen;
  }

 private:
  static unsigned setting(const char* name, unsigned otherwise) {
    const char* text = std::getenv(name);
    return text == nullptr ? otherwise : static_cast<unsigned>(std::strtoul(text, nullptr, 10));
  }

  unsigned seed_;
  unsigned rounds_;
  std::mt19937 random_;
};

}  // namespace couvert
