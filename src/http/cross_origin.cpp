#include "http/cross_origin.h"

#include <algorithm>

namespace couvert {
namespace {

constexpr std::string_view extension = "moz-extension://";
constexpr std::size_t origin_bytes_max = 300;
constexpr std::string_view hex = "0123456789abcdef-";
constexpr std::string_view host_letters = "abcdefghijklmnopqrstuvwxyz0123456789.-";

bool is_only(std::string_view text, std::string_view letters) {
  return !text.empty() && text.find_first_not_of(letters) == std::string_view::npos;
}

// HOST or HOST:PORT; a browser leaves out the port of the scheme.
bool is_host_and_port(std::string_view text) {
  const std::size_t colon = std::min(text.find(':'), text.size());
  if (!is_only(text.substr(0, colon), host_letters)) return false;
  if (colon == text.size()) return true;
  const std::string_view port = text.substr(colon + 1);
  return is_only(port, "0123456789") && port.size() <= 5 && !port.starts_with('0');
}

bool is_extension(std::string_view text) {
  constexpr std::size_t uuid_bytes = 36;
  if (!text.starts_with(extension)) return false;
  text.remove_prefix(extension.size());
  return text.size() == uuid_bytes && is_only(text, hex);
}

}  // namespace

bool is_origin(std::string_view text) {
  if (text.size() > origin_bytes_max) return false;
  if (is_extension(text)) return true;
  for (const std::string_view local : {"http://localhost:", "http://127.0.0.1:"}) {
    if (text.starts_with(local)) return is_host_and_port(text.substr(sizeof("http://") - 1));
  }
  constexpr std::string_view https = "https://";
  return text.starts_with(https) && is_host_and_port(text.substr(https.size()));
}

OtherOrigin other_origin(const Fields& fields, const std::vector<std::string>& named) {
  const std::string origin = joined(fields, "origin");
  if (std::ranges::find(named, origin) != named.end()) return {origin, true};
  return {{}, is_extension(origin)};
}

bool is_preflight(const RequestHead& head) {
  return head.method_known && head.method == Method::options &&
         find_field(head.fields, "access-control-request-method") != nullptr;
}

Response preflight(const std::string& methods) {
  Response response;
  response.status = 204;
  response.fields = {
      {"Access-Control-Allow-Methods", methods},
      {"Access-Control-Allow-Headers",
       "Authorization, Content-Type, Couvert-Device, Couvert-Member, Couvert-Retrieval, "
       "Couvert-Secret, Idempotency-Key, If-Match, If-None-Match, If-Range, Range, Tus-Resumable, "
       "Upload-Checksum, Upload-Length, Upload-Metadata, Upload-Offset, X-HTTP-Method-Override"},
      {"Access-Control-Max-Age", "600"}};
  return response;
}

void drop_cookies(Fields& request) {
  std::erase_if(request, [](const auto& field) { return field.first == "cookie"; });
}

void drop_set_cookies(Fields& answer) {
  std::erase_if(answer, [](const auto& field) { return field.first == "Set-Cookie"; });
}

std::string cross_origin_fields(std::string_view origin) {
  INVARIANT(is_origin(origin));
  return "Access-Control-Allow-Origin: " + std::string(origin) +
         "\r\n"
         "Access-Control-Expose-Headers: Accept-Ranges, Content-Disposition, Content-Range, ETag, "
         "Location, RateLimit, Request-Id, Retry-After, Tus-Extension, Tus-Max-Size, "
         "Tus-Resumable, Tus-Version, Upload-Expires, Upload-Length, Upload-Metadata, "
         "Upload-Offset\r\n";
}

}  // namespace couvert
