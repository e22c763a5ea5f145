// Fuzzes JSON: what is taken is written and read again as the same, within every bound.
//
// parser: src/base/json.cpp
#include "base/bytes.h"
#include "base/json.h"

namespace couvert {
namespace {

std::size_t count_values(const Json& json) {
  std::size_t count = 1;
  if (json.array() != nullptr) {
    for (const Json& item : *json.array()) count += count_values(item);
  }
  if (json.object() != nullptr) {
    for (const auto& [name, value] : *json.object()) {
      INVARIANT(json.find(name) == &value);  // no key twice
      count += count_values(value);
    }
  }
  return count;
}

// Every way of reading a field, over fields that may be of any kind.
void read_fields(const Json& json) {
  ObjectReader reader(json);
  const std::string name = reader.string("name", 8);
  const auto note = reader.optional_string("note", 8);
  const std::int64_t count = reader.integer("count", -2, 7);
  const auto limit = reader.optional_integer("limit", 0, INT64_MAX);
  const bool flag = reader.boolean("flag", true);
  const Json::Array& list = reader.array("list", 3);
  const Json::Array& more = reader.optional_array("more", 3);
  const Json* object = reader.optional_object("object");
  const Result<> read = reader.finish();
  INVARIANT(name.size() <= 8 && name.find('\0') == std::string::npos);
  INVARIANT(!note || note->size() <= 8);
  INVARIANT(count >= -2 && count <= 7 && (!limit || *limit >= 0));
  INVARIANT(list.size() <= 3 && more.size() <= 3);
  if (!read) return;
  INVARIANT(json.object() != nullptr && json.object()->size() <= 8);
  INVARIANT(json.find("flag") != nullptr || flag);
  INVARIANT(object == nullptr || object->object() != nullptr);
}

}  // namespace

void fuzz(std::string_view text) {
  const JsonLimits limits{4096, 5, 200};
  const Result<Json> json = parse_json(text, limits);
  if (!json) {
    const ErrorCode code = json.error().code;
    INVARIANT(code == (text.size() > limits.bytes_max ? ErrorCode::too_large : ErrorCode::invalid));
    return;
  }
  INVARIANT(is_utf8(text) && count_values(*json) <= limits.values_max);
  const std::string written = json->write();
  INVARIANT(written.find_first_of("\r\n") == std::string::npos);
  const Result<Json> again = parse_json(written, {1 << 20, 5, 200});
  INVARIANT(again && *again == *json && again->write() == written);
  read_fields(*json);
}

}  // namespace couvert

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  couvert::fuzz({reinterpret_cast<const char*>(data), size});
  return 0;
}
