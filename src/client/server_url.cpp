#include "client/server_url.h"

#include <curl/curl.h>

#include <algorithm>
#include <memory>

namespace couvert {
namespace {

constexpr std::size_t url_bytes_max = 2048;

struct UrlCloser {
  void operator()(CURLU* url) const { curl_url_cleanup(url); }
};
using Url = std::unique_ptr<CURLU, UrlCloser>;

// The part of that name, empty where there is none.
std::string part(const Url& url, CURLUPart what, unsigned flags = 0) {
  char* text = nullptr;
  if (curl_url_get(url.get(), what, &text, flags) != CURLUE_OK) return {};
  std::string copy(text);
  curl_free(text);
  return copy;
}

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return text;
}

bool only_plain_characters(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < 0x7f; });
}

// libcurl resolves "localhost" itself, without asking the network, and writes 127.1 in full.
bool is_loopback(const std::string& host) {
  if (host == "localhost" || host == "[::1]") return true;
  return host.starts_with("127.") && std::count(host.begin(), host.end(), '.') == 3 &&
         host.find_first_not_of("0123456789.") == std::string::npos;
}

}  // namespace

Answer<ServerUrl> parse_server_url(std::string_view text) {
  const auto refused = [] { return trouble(ErrorCode::invalid, "server_url"); };
  if (text.size() > url_bytes_max || !only_plain_characters(text)) return refused();
  if (text.find_first_of("?#\\") != text.npos || text.find("://") == text.npos) return refused();

  const Url url(curl_url());
  if (!url) throw std::bad_alloc();
  const std::string copy(text);
  if (curl_url_set(url.get(), CURLUPART_URL, copy.c_str(), CURLU_DISALLOW_USER) != CURLUE_OK) {
    return refused();
  }
  const std::string scheme = lower(part(url, CURLUPART_SCHEME));
  const std::string host = lower(part(url, CURLUPART_HOST));
  const std::string port = part(url, CURLUPART_PORT, CURLU_NO_DEFAULT_PORT);
  std::string path = part(url, CURLUPART_PATH);
  if ((scheme != "https" && scheme != "http") || host.empty()) return refused();
  if (scheme == "http" && !is_loopback(host)) {
    return trouble(ErrorCode::invalid, reasons::plain_http);
  }
  while (path.ends_with('/')) path.pop_back();
  return ServerUrl{scheme + "://" + host + (port.empty() ? "" : ":" + port) + path};
}

}  // namespace couvert
