#include "base/secret.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <fstream>
#include <vector>

#include "base/bytes.h"

using namespace couvert;

namespace {

// Whether the mapping around an address carries this flag (proc(5), VmFlags).
bool has_flag(const void* address, const std::string& flag) {
  std::ifstream maps("/proc/self/smaps");
  const auto wanted = reinterpret_cast<std::uintptr_t>(address);
  bool here = false;
  for (std::string line; std::getline(maps, line);) {
    std::uintptr_t from = 0;
    std::uintptr_t to = 0;
    if (std::sscanf(line.c_str(), "%lx-%lx ", &from, &to) == 2)
      here = from <= wanted && wanted < to;
    if (here && line.starts_with("VmFlags:")) return line.find(" " + flag) != line.npos;
  }
  return false;
}

}  // namespace

TEST_CASE("a secret lies in locked pages that no core dump holds") {
  const Secret<32> secret;
  CHECK(has_flag(secret.expose().data(), "lo"));
  CHECK(has_flag(secret.expose().data(), "dd"));
}

TEST_CASE("a secret is wiped when it goes") {
  std::byte* memory = take_secret_memory(32);
  std::fill_n(memory, 32, std::byte{7});
  release_secret_memory(memory, 32);
  CHECK(std::all_of(memory, memory + 32, [](std::byte byte) { return byte == std::byte{0}; }));
}

TEST_CASE("a new secret is zero, a clone is another one with the same bytes") {
  Secret<32> secret;
  CHECK(std::all_of(secret.expose().begin(), secret.expose().end(),
                    [](std::byte byte) { return byte == std::byte{0}; }));
  secret.fill()[3] = std::byte{9};
  const Secret<32> copy = secret.clone();
  CHECK(copy.expose()[3] == std::byte{9});
  CHECK(copy.expose().data() != secret.expose().data());
}

TEST_CASE("there is room for many secrets at once") {
  std::vector<Secret<32>> many;
  many.reserve(5000);
  for (int i = 0; i < 5000; ++i) many.emplace_back();
  many[4999].fill()[0] = std::byte{1};
  CHECK(many[4998].expose()[0] == std::byte{0});
}

TEST_CASE("wiping a text leaves none of it behind") {
  std::string text(100, 'x');
  const char* where = text.data();
  wipe(text);
  CHECK(text.empty());
  CHECK(std::all_of(where, where + 15, [](char c) { return c == '\0'; }));
}
