// toml++, with its assertions as errors: some malformed files break them.
#pragma once

#include <stdexcept>

namespace couvert {

/// Throws std::logic_error where the parser's assertion does not hold.
constexpr void expect_toml(bool holds) {
  if (!holds) throw std::logic_error("malformed");
}

}  // namespace couvert

#define TOML_ASSERT(holds) ::couvert::expect_toml(static_cast<bool>(holds))
// With NDEBUG the library would take them as promises to the compiler instead.
#pragma push_macro("NDEBUG")
#undef NDEBUG
#include <toml++/toml.h>
#pragma pop_macro("NDEBUG")
