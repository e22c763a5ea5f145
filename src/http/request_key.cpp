#include "http/request_key.h"

#include <algorithm>

#include "crypto/hash.h"
#include "http/request_head.h"

namespace couvert {

Result<> read_request_key(Request& request) {
  const std::string* field = find_field(request.fields, "idempotency-key");
  if (field == nullptr) return {};
  std::string_view name = *field;
  const bool quoted = name.size() > 2 && name.starts_with('"') && name.ends_with('"');
  if (!quoted || name.size() - 2 > limits::request_key_bytes_max) {
    return fail(ErrorCode::invalid, "a malformed Idempotency-Key");
  }
  name = name.substr(1, name.size() - 2);
  const bool plain = std::ranges::all_of(
      name, [](char c) { return c >= ' ' && c <= '~' && c != '"' && c != '\\'; });
  if (!plain) return fail(ErrorCode::invalid, "a malformed Idempotency-Key");
  // The method and path belong to it: a name that is used for another request names another one.
  const std::string whole =
      std::string(name_of(request.method)) + " " + request.path + "\n" + std::string(name);
  request.caller.request_key = encode_hex(sha256(as_bytes(whole)));
  return {};
}

}  // namespace couvert
