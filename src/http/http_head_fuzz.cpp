// parser: src/http/request_head.cpp
#include "base/result.h"
#include "http/request_head.h"

using namespace couvert;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto length = head_length(text);
  if (!length || *length == 0) return 0;
  INVARIANT(*length <= size);
  const auto head = parse_head(text.substr(0, *length));
  if (!head) {
    INVARIANT(head.error().status >= 400 && head.error().status <= 505);
    return 0;
  }
  // What a taken head promises.
  const bool whole_server = head->path == "*" && head->method == Method::options;
  INVARIANT(whole_server || head->path.starts_with('/'));
  INVARIANT(head->path.find("//") == std::string::npos);
  INVARIANT(find_field(head->fields, "transfer-encoding") == nullptr);
  for (const auto& [name, value] : head->fields) {
    INVARIANT(!name.empty() && value.find_first_of("\r\n") == std::string::npos);
  }
  return 0;
}
