#include "base/json.h"

#include <nlohmann/json.hpp>

#include "base/bytes.h"

namespace couvert {
namespace {

// Builds a Json from nlohmann's events; refuses what the header excludes.
class Builder {
 public:
  using Sax = nlohmann::json_sax<nlohmann::json>;

  explicit Builder(JsonLimits limits) : limits_(limits) {}

  bool null() { return put(Json()); }
  bool boolean(bool value) { return put(Json(value)); }
  bool number_integer(Sax::number_integer_t value) { return put(Json(std::int64_t{value})); }
  bool number_unsigned(Sax::number_unsigned_t value) {
    if (value > static_cast<std::uint64_t>(INT64_MAX)) return false;
    return put(Json(static_cast<std::int64_t>(value)));
  }
  bool number_float(Sax::number_float_t, const std::string&) { return false; }
  bool string(std::string& value) { return put(Json(std::move(value))); }
  bool binary(Sax::binary_t&) { return false; }

  bool start_object(std::size_t) { return open(Json(Json::Object())); }
  bool key(std::string& name) {
    Json::Object& object = *stack_.back().object();
    for (const auto& [known, value] : object) {
      if (known == name) return false;
    }
    if (object.size() >= 64) return false;  // no object of ours has more fields
    object.emplace_back(std::move(name), Json());
    return true;
  }
  bool end_object() { return close(); }
  bool start_array(std::size_t) { return open(Json(Json::Array())); }
  bool end_array() { return close(); }
  bool parse_error(std::size_t, const std::string&, const nlohmann::detail::exception&) {
    return false;
  }

  Json take() { return std::move(result_); }

 private:
  bool open(Json container) {
    if (stack_.size() >= limits_.depth_max) return false;
    stack_.push_back(std::move(container));
    return true;
  }

  bool close() {
    Json done = std::move(stack_.back());
    stack_.pop_back();
    return put(std::move(done));
  }

  bool put(Json value) {
    if (++values_ > limits_.values_max) return false;
    if (stack_.empty()) {
      result_ = std::move(value);
    } else if (Json::Object* object = stack_.back().object()) {
      object->back().second = std::move(value);
    } else {
      stack_.back().array()->push_back(std::move(value));
    }
    return true;
  }

  JsonLimits limits_;
  std::size_t values_ = 0;
  std::vector<Json> stack_;
  Json result_;
};

void write_string(std::string& out, std::string_view text) {
  static constexpr char digits[] = "0123456789abcdef";
  out += '"';
  for (const char c : text) {
    const auto code = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (c == '\n') {
      out += "\\n";
    } else if (code < 0x20 || code == 0x7f) {
      out += "\\u00";
      out += digits[code >> 4];
      out += digits[code & 15];
    } else {
      out += c;
    }
  }
  out += '"';
}

void write_value(std::string& out, const Json& json) {
  if (json.is_null()) out += "null";
  if (const bool* value = json.boolean()) out += *value ? "true" : "false";
  if (const std::int64_t* value = json.integer()) out += std::to_string(*value);
  if (const std::string* value = json.string()) write_string(out, *value);
  if (const Json::Array* array = json.array()) {
    out += '[';
    for (const Json& item : *array) {
      if (out.back() != '[') out += ',';
      write_value(out, item);
    }
    out += ']';
  }
  if (const Json::Object* object = json.object()) {
    out += '{';
    bool first = true;
    for (const auto& [name, value] : *object) {
      if (!first) out += ',';
      first = false;
      write_string(out, name);
      out += ':';
      write_value(out, value);
    }
    out += '}';
  }
}

const Json::Array& no_items() {
  static const Json::Array none;
  return none;
}

}  // namespace

const Json* Json::find(std::string_view name) const {
  const Object* fields = object();
  if (fields == nullptr) return nullptr;
  for (const auto& [known, value] : *fields) {
    if (known == name) return &value;
  }
  return nullptr;
}

std::string Json::write() const {
  std::string out;
  write_value(out, *this);
  return out;
}

Result<Json> parse_json(std::string_view text, JsonLimits limits) {
  if (text.size() > limits.bytes_max) return fail(ErrorCode::too_large, "JSON is too long");
  if (!is_utf8(text)) return fail(ErrorCode::invalid, "JSON is not UTF-8");
  Builder builder(limits);
  // RFC 8259 section 8.1: senders must not add a byte order mark; nlohmann would skip it.
  if (text.starts_with("\xef\xbb\xbf")) return fail(ErrorCode::invalid, "JSON is malformed");
  const bool parsed = nlohmann::json::sax_parse(text.begin(), text.end(), &builder,
                                                nlohmann::json::input_format_t::json, true, false);
  if (!parsed) return fail(ErrorCode::invalid, "JSON is malformed");
  return builder.take();
}

ObjectReader::ObjectReader(const Json& json) : json_(json) {
  if (json.object() == nullptr) error_ = "an object is expected";
}

const Json* ObjectReader::field(std::string_view name, bool required) {
  known_.emplace(name);
  const Json* found = json_.find(name);
  if (found != nullptr && found->is_null()) found = nullptr;
  if (found == nullptr && required) refuse(name, "is missing");
  return found;
}

std::optional<std::string> ObjectReader::optional_string(std::string_view name,
                                                         std::size_t bytes_max) {
  const Json* found = field(name, false);
  if (found == nullptr) return std::nullopt;
  const std::string* text = found->string();
  if (text == nullptr) {
    refuse(name, "must be a text");
    return std::nullopt;
  }
  if (text->size() > bytes_max) {
    refuse(name, "is too long");
    return std::nullopt;
  }
  if (text->find('\0') != std::string::npos) {
    refuse(name, "holds a NUL");
    return std::nullopt;
  }
  return *text;
}

std::string ObjectReader::string(std::string_view name, std::size_t bytes_max) {
  field(name, true);
  return optional_string(name, bytes_max).value_or(std::string());
}

std::optional<std::int64_t> ObjectReader::optional_integer(std::string_view name, std::int64_t min,
                                                           std::int64_t max) {
  const Json* found = field(name, false);
  if (found == nullptr) return std::nullopt;
  const std::int64_t* value = found->integer();
  if (value == nullptr || *value < min || *value > max) {
    refuse(name, "must be a whole number within its bounds");
    return std::nullopt;
  }
  return *value;
}

std::int64_t ObjectReader::integer(std::string_view name, std::int64_t min, std::int64_t max) {
  field(name, true);
  return optional_integer(name, min, max).value_or(min);
}

bool ObjectReader::boolean(std::string_view name, bool absent) {
  const Json* found = field(name, false);
  if (found == nullptr) return absent;
  if (found->boolean() == nullptr) {
    refuse(name, "must be true or false");
    return absent;
  }
  return *found->boolean();
}

const Json::Array& ObjectReader::array(std::string_view name, std::size_t items_max) {
  field(name, true);
  return optional_array(name, items_max);
}

const Json::Array& ObjectReader::optional_array(std::string_view name, std::size_t items_max) {
  const Json* found = field(name, false);
  if (found == nullptr) return no_items();
  if (found->array() == nullptr || found->array()->size() > items_max) {
    refuse(name, "must be a list within its bounds");
    return no_items();
  }
  return *found->array();
}

const Json* ObjectReader::optional_object(std::string_view name) {
  const Json* found = field(name, false);
  if (found != nullptr && found->object() == nullptr) refuse(name, "must be an object");
  return found;
}

void ObjectReader::refuse(std::string_view name, std::string_view why) {
  if (error_.empty()) error_ = std::string(name) + " " + std::string(why);
}

Result<> ObjectReader::finish() const {
  if (!error_.empty()) return fail(ErrorCode::invalid, error_);
  for (const auto& [name, value] : *json_.object()) {
    if (known_.contains(name)) continue;
    return fail(ErrorCode::invalid, name.size() > 64 ? "a field is unknown" : name + " is unknown");
  }
  return Result<>();
}

}  // namespace couvert
