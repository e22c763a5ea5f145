// How one field of a struct stands in a column: IDs as their 26 characters, other bytes as
// base64url, times as Unix seconds, truth values as 0 and 1, an absent value as NULL.
//
// Binary columns are text because large objects differ from database to database. decode() takes
// only what encode() writes, so a spoilt row is noticed where it is read.
#pragma once

#include <array>
#include <charconv>
#include <concepts>
#include <optional>
#include <string>
#include <utility>
#include <variant>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/id.h"
#include "domain/address.h"
#include "domain/language.h"
#include "domain/policy.h"
#include "domain/transfer.h"

namespace couvert {

/// What a statement can be given.
using Value = std::variant<std::monostate, std::int64_t, std::string>;
inline constexpr std::int64_t instant_seconds_max = 253'402'300'799;  // the year 9999

/// What a row holds, as text; nullopt for NULL.
using Cell = std::optional<std::string>;

inline Value encode(const std::string& text) {
  return text;
}
inline Value encode(const Address& address) {
  return address.text;
}
inline Value encode(bool truth) {
  return std::int64_t{truth};
}
inline Value encode(Instant instant) {
  return to_unix(instant);
}
inline Value encode(Bytes bytes) {
  return encode_base64url(bytes);
}
inline Value encode(const Buffer& bytes) {
  return encode_base64url(bytes);
}

template <std::size_t Size>
Value encode(const std::array<std::byte, Size>& bytes) {
  return encode_base64url(bytes);
}

template <std::integral Integer>
Value encode(Integer number) {
  INVARIANT(std::in_range<std::int64_t>(number));
  return static_cast<std::int64_t>(number);
}

template <class Tag>
Value encode(const Id<Tag>& id) {
  return id.text();
}

/// An enum goes by its name.
template <class Enum>
  requires std::is_enum_v<Enum>
Value encode(Enum value) {
  return std::string(name_of(value));
}

inline Value encode(const Settings& settings) {
  return write_settings(settings);
}

template <class T>
Value encode(const std::optional<T>& value) {
  return value ? encode(*value) : Value();
}

inline bool decode(const Cell& cell, std::string& text) {
  if (cell) text = *cell;
  return cell.has_value();
}

inline bool decode(const Cell& cell, Address& address) {
  return decode(cell, address.text);
}

template <std::integral Integer>
bool decode(const Cell& cell, Integer& number) {
  if (!cell) return false;
  const char* end = cell->data() + cell->size();
  const auto [stop, error] = std::from_chars(cell->data(), end, number);
  return error == std::errc() && stop == end && std::in_range<std::int64_t>(number);
}

inline bool decode(const Cell& cell, bool& truth) {
  truth = cell == "1";
  return truth || cell == "0";
}

inline bool decode(const Cell& cell, Instant& instant) {
  std::int64_t seconds = 0;
  if (!decode(cell, seconds) || seconds < -instant_seconds_max) return false;
  if (seconds > instant_seconds_max) return false;
  instant = from_unix(seconds);
  return true;
}

bool decode(const Cell& cell, Buffer& bytes);
bool decode(const Cell& cell, MutableBytes bytes);

template <std::size_t Size>
bool decode(const Cell& cell, std::array<std::byte, Size>& bytes) {
  return decode(cell, MutableBytes(bytes));
}

/// One spelling only, although people may type an ID in several.
template <class Tag>
bool decode(const Cell& cell, Id<Tag>& id) {
  if (!cell) return false;
  const auto parsed = Id<Tag>::parse(*cell);
  if (!parsed || parsed->text() != *cell) return false;
  id = *parsed;
  return true;
}

bool decode(const Cell& cell, Language& language);
bool decode(const Cell& cell, TransferState& state);
bool decode(const Cell& cell, OpenBy& open_by);
bool decode(const Cell& cell, RecipientKind& kind);
bool decode(const Cell& cell, MailState& state);
bool decode(const Cell& cell, RuleAction& action);
bool decode(const Cell& cell, Settings& settings);

/// Reads the name of an enum that has few values: the one of `values` with that name.
template <class Enum, std::size_t Size>
bool decode_name(const Cell& cell, const std::array<Enum, Size>& values, Enum& out) {
  for (const Enum value : values) {
    if (cell != std::string(name_of(value))) continue;
    out = value;
    return true;
  }
  return false;
}

template <class T>
bool decode(const Cell& cell, std::optional<T>& value) {
  value.reset();
  if (!cell) return true;
  return decode(cell, value.emplace());
}

}  // namespace couvert
