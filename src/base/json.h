// Strict JSON (RFC 8259): a value, a parser for foreign bytes, a writer.
//
// Narrower than the RFC on purpose: UTF-8 only, no duplicate keys, no fractions or exponents, whole
// numbers within 64 bits, bounded depth and size, nothing after the value. Objects keep the order
// of their fields. ObjectReader takes the fields one by one and refuses those nobody asked for.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/result.h"

namespace couvert {

/// A JSON value. Memory: owns everything below it.
class Json {
 public:
  using Array = std::vector<Json>;
  using Object = std::vector<std::pair<std::string, Json>>;

  Json() = default;  // null
  Json(std::nullptr_t) {}
  Json(bool value) : value_(value) {}
  Json(std::int64_t value) : value_(value) {}
  Json(int value) : value_(std::int64_t{value}) {}
  Json(std::string value) : value_(std::move(value)) {}
  Json(std::string_view value) : value_(std::string(value)) {}
  Json(const char* value) : value_(std::string(value)) {}
  Json(Array value) : value_(std::move(value)) {}
  Json(Object value) : value_(std::move(value)) {}

  bool is_null() const { return std::holds_alternative<std::monostate>(value_); }
  /// The value as that type, or null where it is of another.
  const bool* boolean() const { return std::get_if<bool>(&value_); }
  const std::int64_t* integer() const { return std::get_if<std::int64_t>(&value_); }
  const std::string* string() const { return std::get_if<std::string>(&value_); }
  const Array* array() const { return std::get_if<Array>(&value_); }
  const Object* object() const { return std::get_if<Object>(&value_); }
  std::string* string() { return std::get_if<std::string>(&value_); }
  Array* array() { return std::get_if<Array>(&value_); }
  Object* object() { return std::get_if<Object>(&value_); }

  /// The field of that name, or null where this is no object or has none.
  const Json* find(std::string_view name) const;

  /// Compact, fields in their order, everything outside ASCII as UTF-8. Strings must be UTF-8.
  std::string write() const;

  bool operator==(const Json&) const = default;

 private:
  std::variant<std::monostate, bool, std::int64_t, std::string, Array, Object> value_;
};

/// How much a parser takes.
struct JsonLimits {
  std::size_t bytes_max = 64 * 1024;
  std::size_t depth_max = 8;
  std::size_t values_max = 100'000;  // of all kinds: each takes 40 bytes and more, from two of text
};

/// Parses one JSON text, whole.
///
/// Errors: `invalid` for anything that the head of this page excludes, or too many values;
/// `too_large` over bytes_max.
Result<Json> parse_json(std::string_view text, JsonLimits limits);

/// Takes a JSON object apart, field by field, and remembers the first thing that was wrong, so that
/// a route reads all its fields and asks once.
///
/// Order:    the field functions as often as needed, then finish() once.
/// Lifetime: `json` must outlive the reader and what it handed out.
class ObjectReader {
 public:
  explicit ObjectReader(const Json& json);

  /// A required text of 0 to `bytes_max` bytes without NUL.
  std::string string(std::string_view name, std::size_t bytes_max);
  /// The same, absent or null as nullopt.
  std::optional<std::string> optional_string(std::string_view name, std::size_t bytes_max);
  /// A required whole number within the bounds, both included.
  std::int64_t integer(std::string_view name, std::int64_t min, std::int64_t max);
  std::optional<std::int64_t> optional_integer(std::string_view name, std::int64_t min,
                                               std::int64_t max);
  /// A truth value; `absent` where the field is not there.
  bool boolean(std::string_view name, bool absent);
  /// A required array of at most `items_max` items; an empty one after an error.
  const Json::Array& array(std::string_view name, std::size_t items_max);
  /// The same, empty where the field is not there.
  const Json::Array& optional_array(std::string_view name, std::size_t items_max);
  /// An object, or null where the field is not there.
  const Json* optional_object(std::string_view name);

  /// Notes an error that the caller found in a field.
  void refuse(std::string_view name, std::string_view why);

  /// Errors: `invalid` naming the first field that was missing, wrong or unknown.
  Result<> finish() const;

 private:
  const Json* field(std::string_view name, bool required);

  const Json& json_;
  std::set<std::string, std::less<>> known_;
  std::string error_;
};

}  // namespace couvert
