#include "client/http_transport.h"

#include "base/secret.h"

namespace couvert {

HttpRequest::~HttpRequest() {
  for (auto& [name, value] : headers) wipe(value);
  wipe(body);
}

std::optional<std::string_view> AnswerHead::header(std::string_view name) const {
  std::optional<std::string_view> found;
  for (const auto& [known, value] : headers) {
    if (known != name) continue;
    if (found) return std::nullopt;
    found = value;
  }
  return found;
}

}  // namespace couvert
