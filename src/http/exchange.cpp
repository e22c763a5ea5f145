#include "http/exchange.h"

#include "http/problem.h"

namespace couvert {
namespace {

void wipe_texts(Json& json) {
  if (json.string() != nullptr) wipe(*json.string());
  if (json.array() != nullptr) {
    for (Json& item : *json.array()) wipe_texts(item);
  }
  if (json.object() != nullptr) {
    for (auto& [name, value] : *json.object()) wipe_texts(value);
  }
}

}  // namespace

std::string_view name_of(Method method) {
  switch (method) {
    case Method::get:
      return "GET";
    case Method::head:
      return "HEAD";
    case Method::post:
      return "POST";
    case Method::put:
      return "PUT";
    case Method::patch:
      return "PATCH";
    case Method::remove:
      return "DELETE";
    case Method::options:
      return "OPTIONS";
  }
  return "GET";
}

std::optional<Method> method_of(std::string_view name) {
  for (const Method method : {Method::get, Method::head, Method::post, Method::put, Method::patch,
                              Method::remove, Method::options}) {
    if (name == name_of(method)) return method;
  }
  return std::nullopt;
}

bool changes_something(Method method) {
  switch (method) {
    case Method::post:
    case Method::put:
    case Method::patch:
    case Method::remove:
      return true;
    case Method::get:
    case Method::head:
    case Method::options:
      return false;
  }
  return true;
}

const std::string* find_field(const Fields& fields, std::string_view name) {
  for (const auto& [known, value] : fields) {
    if (known == name) return &value;
  }
  return nullptr;
}

std::string joined(const Fields& fields, std::string_view name) {
  std::string all;
  for (const auto& [known, value] : fields) {
    if (known != name) continue;
    if (!all.empty()) all += ", ";
    all += value;
  }
  return all;
}

Request::~Request() {
  wipe_texts(json);
  for (auto& [name, value] : fields) wipe(value);
}

Outcome::Outcome(const Error& error) : next(problem(error)) {}

}  // namespace couvert
