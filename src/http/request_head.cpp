// RFC 9112 (HTTP/1.1) and RFC 3986 (URI) name the rules; where they let a server forgive, this one
// seldom does.
#include "http/request_head.h"

#include <algorithm>
#include <array>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <charconv>
#include <optional>

#include "base/limits.h"

namespace couvert {
namespace {

namespace beast_http = boost::beast::http;

// No route needs a longer target than /zip?files= with every number of limits::files_max.
constexpr std::size_t target_bytes_max = limits::path_bytes_max + 65'536;
constexpr std::string_view token_signs = "!#$%&'*+-.^_`|~";
constexpr std::string_view path_signs = "-._~!$&'()*+,;=:@/%";

tl::unexpected<HeadRefusal> refuse(int status, std::string_view why) {
  return tl::make_unexpected(HeadRefusal{status, why});
}

bool is_hex_digit(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

bool is_token(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) {
    return is_letter_or_digit(c) || token_signs.find(c) != std::string_view::npos;
  });
}

// Tab and printable ASCII, no control characters (RFC 9110 section 5.5); bytes of an encoding only
// where nobody here reads more than a name: a neighbour's cookie may be in UTF-8.
bool is_field_value(std::string_view text, bool opaque) {
  return std::ranges::all_of(text, [opaque](char c) {
    return c == '\t' || (c >= ' ' && c <= '~') || (opaque && static_cast<unsigned char>(c) >= 0x80);
  });
}

bool is_host(std::string_view text) {
  return !text.empty() && text.size() <= 261 && std::ranges::all_of(text, [](char c) {
    return is_letter_or_digit(c) || std::string_view("-._:[]").find(c) != std::string_view::npos;
  });
}

std::string lower_case(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return out;
}

// A target of absolute-form has a host (RFC 9112 section 3.2.2), and need not have a path.
struct Target {
  std::optional<std::string_view> host;
  std::string_view rest;  // path and query
};

std::optional<Target> take_apart(std::string_view target) {
  if (target.starts_with('/')) return Target{std::nullopt, target};
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (lower_case(target.substr(0, scheme.size())) != scheme) continue;
    const std::string_view rest = target.substr(scheme.size());
    const std::size_t end = std::min(rest.find_first_of("/?"), rest.size());
    if (is_host(rest.substr(0, end))) return Target{rest.substr(0, end), rest.substr(end)};
  }
  return std::nullopt;
}

// Printable ASCII of a path or query, percent signs with two digits behind them.
bool is_uri_text(std::string_view text, std::string_view signs) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (!is_letter_or_digit(text[i]) && signs.find(text[i]) == std::string_view::npos) return false;
    if (text[i] != '%') continue;
    if (i + 2 >= text.size() || !is_hex_digit(text[i + 1]) || !is_hex_digit(text[i + 2])) {
      return false;
    }
  }
  return true;
}

bool has_strange_segment(std::string_view path) {
  std::size_t begin = 1;
  while (begin <= path.size()) {
    const std::size_t end = std::min(path.find('/', begin), path.size());
    const std::string_view segment = path.substr(begin, end - begin);
    const bool last = end == path.size();
    if ((segment.empty() && !last) || segment == "." || segment == "..") {
      return true;
    }
    begin = end + 1;
  }
  return false;
}

tl::expected<void, HeadRefusal> check_request_line(std::string_view line) {
  const std::size_t first = line.find(' ');
  const std::size_t last = line.rfind(' ');
  if (first == std::string_view::npos || first == last) return refuse(400, "a malformed line");
  const std::string_view target = line.substr(first + 1, last - first - 1);
  const std::string_view version = line.substr(last + 1);
  if (!is_token(line.substr(0, first))) return refuse(400, "a malformed method");
  if (target.size() > target_bytes_max) return refuse(414, "a target too long");
  const bool whole_server = target == "*" && line.substr(0, first) == "OPTIONS";
  if (!take_apart(target) && !whole_server) return refuse(400, "a target that is no path");
  const bool http = version.size() == 8 && version.starts_with("HTTP/") && version[6] == '.';
  if (!http) return refuse(400, "a malformed version");
  if (version != "HTTP/1.1" && version != "HTTP/1.0") return refuse(505, "another version");
  return {};
}

// Fields that a request has once or not at all; of Cookie, Via and the like there may be several.
bool is_single(std::string_view name) {
  static constexpr auto names =
      std::to_array<std::string_view>({"authorization",  "content-length",
                                       "content-type",   "couvert-device",
                                       "couvert-member", "couvert-retrieval",
                                       "couvert-secret", "expect",
                                       "host",           "if-match",
                                       "if-none-match",  "if-range",
                                       "origin",         "range",
                                       "sec-fetch-site", "transfer-encoding",
                                       "tus-resumable",  "upload-checksum",
                                       "upload-concat",  "upload-defer-length",
                                       "upload-length",  "upload-metadata",
                                       "upload-offset",  "x-http-method-override"});
  return std::ranges::find(names, name) != names.end();
}

tl::expected<void, HeadRefusal> check_field_line(std::string_view line) {
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos) return refuse(400, "a field without a colon");
  const std::string_view name = line.substr(0, colon);
  // Refuses folded lines and blanks before the colon, too: neither is a token.
  if (!is_token(name)) return refuse(400, "a malformed field name");
  const std::string_view value = line.substr(colon + 1);
  if (is_field_value(value, false)) return {};
  const bool opaque = !is_single(lower_case(name));
  if (!is_field_value(value, opaque)) return refuse(400, "a malformed field value");
  return {};
}

// Every line as RFC 9112 writes it, before Beast reads them.
tl::expected<void, HeadRefusal> check_lines(std::string_view head) {
  std::size_t begin = 0;
  for (std::size_t count = 0; begin + 2 < head.size(); ++count) {
    if (count > limits::header_fields_max) return refuse(431, "too many fields");
    const std::size_t end = head.find("\r\n", begin);
    const std::string_view line = head.substr(begin, end - begin);
    const auto checked = count == 0 ? check_request_line(line) : check_field_line(line);
    if (!checked) return tl::make_unexpected(checked.error());
    begin = end + 2;
  }
  return {};
}

tl::expected<void, HeadRefusal> read_length(RequestHead& head) {
  const std::string* transfer_encoding = find_field(head.fields, "transfer-encoding");
  const std::string* length = find_field(head.fields, "content-length");
  if (transfer_encoding != nullptr && length != nullptr) return refuse(400, "two lengths");
  if (transfer_encoding != nullptr) return refuse(411, "a transfer encoding");
  if (length == nullptr) return {};
  const char* end = length->data() + length->size();
  const auto [rest, error] = std::from_chars(length->data(), end, head.content_length);
  const bool canonical = !length->empty() && (*length == "0" || (*length)[0] != '0');
  const bool is_number = error == std::errc() && rest == end && canonical;
  if (!is_number || head.content_length > (std::uint64_t{1} << 62)) {
    return refuse(400, "a malformed length");
  }
  head.has_content_length = true;
  return {};
}

// Whether one of the comma-parted words of all fields of that name is `word`.
bool has_word(const Fields& fields, std::string_view name, std::string_view word) {
  for (const auto& [known, value] : fields) {
    if (known != name) continue;
    std::string_view rest = value;
    while (!rest.empty()) {
      const std::size_t comma = std::min(rest.find(','), rest.size());
      std::string_view item = rest.substr(0, comma);
      while (item.starts_with(' ') || item.starts_with('\t')) item.remove_prefix(1);
      while (item.ends_with(' ') || item.ends_with('\t')) item.remove_suffix(1);
      if (lower_case(item) == word) return true;
      rest.remove_prefix(std::min(comma + 1, rest.size()));
    }
  }
  return false;
}

tl::expected<void, HeadRefusal> check_fields(RequestHead& head, bool http_1_1) {
  for (auto field = head.fields.begin(); field != head.fields.end(); ++field) {
    const auto same = [&field](const auto& other) { return other.first == field->first; };
    if (is_single(field->first) && std::any_of(head.fields.begin(), field, same)) {
      return refuse(400, "a field twice");
    }
  }
  const std::string* host = find_field(head.fields, "host");
  if (host == nullptr && http_1_1) return refuse(400, "no host");
  if (host != nullptr && !is_host(*host)) return refuse(400, "a malformed host");
  const auto length = read_length(head);
  if (!length) return length;
  head.keep_alive = http_1_1 && !has_word(head.fields, "connection", "close");
  const std::string* expect = find_field(head.fields, "expect");
  if (expect != nullptr && lower_case(*expect) != "100-continue") {
    return refuse(417, "another expectation");
  }
  head.expects_continue = expect != nullptr && http_1_1;
  return {};
}

tl::expected<void, HeadRefusal> read_target(RequestHead& head, std::string_view text) {
  if (text == "*") {
    head.path = text;
    return {};
  }
  const Target taken = take_apart(text).value_or(Target{});
  const std::string* host = find_field(head.fields, "host");
  // A client has to send the same twice; who would believe which of two is unknown.
  if (taken.host && host != nullptr && lower_case(*taken.host) != lower_case(*host)) {
    return refuse(400, "a target of another host");
  }
  const std::string_view target = taken.rest;
  const std::size_t mark = std::min(target.find('?'), target.size());
  head.path = mark == 0 ? "/" : target.substr(0, mark);
  head.query = mark < target.size() ? target.substr(mark + 1) : "";
  if (head.path.size() > limits::path_bytes_max) return refuse(414, "a path too long");
  if (!is_uri_text(head.path, path_signs)) return refuse(400, "a malformed path");
  if (!is_uri_text(head.query, std::string(path_signs) + "?")) return refuse(400, "a query");
  if (has_strange_segment(head.path)) return refuse(400, "a path with empty or dot segments");
  return {};
}

tl::expected<void, HeadRefusal> read_method(RequestHead& head, std::string_view name) {
  const std::optional<Method> method = method_of(name);
  head.method_known = method.has_value();
  head.method = method.value_or(Method::get);
  if (method) return {};
  if (beast_http::string_to_verb({name.data(), name.size()}) == beast_http::verb::unknown) {
    return refuse(501, "an unknown method");
  }
  return {};
}

}  // namespace

tl::expected<std::size_t, HeadRefusal> head_length(std::string_view received) {
  std::size_t line_begin = 0;
  std::size_t first_line_end = 0;
  while (line_begin < received.size()) {
    const std::size_t end = received.find('\n', line_begin);
    const std::size_t seen = std::min(end, received.size());
    if (received.substr(line_begin, seen - line_begin).find('\0') != std::string_view::npos) {
      return refuse(400, "a NUL");
    }
    const std::size_t line_bytes = seen - line_begin;
    if (first_line_end == 0 && line_bytes > target_bytes_max + 32) return refuse(414, "a line");
    if (first_line_end > 0 && seen - first_line_end > limits::header_bytes_max) {
      return refuse(431, "fields too long");
    }
    if (end == std::string_view::npos) return 0;
    if (line_bytes == 0 || received[end - 1] != '\r') return refuse(400, "a bare line feed");
    if (line_bytes == 1)
      return line_begin == 0 ? refuse(400, "an empty line")
                             : tl::expected<std::size_t, HeadRefusal>(end + 1);
    if (first_line_end == 0) first_line_end = end;
    line_begin = end + 1;
  }
  return 0;
}

tl::expected<RequestHead, HeadRefusal> parse_head(std::string_view text) {
  const auto lines = check_lines(text);
  if (!lines) return tl::make_unexpected(lines.error());

  beast_http::request_parser<beast_http::empty_body> parser;
  parser.header_limit(static_cast<std::uint32_t>(text.size()));
  parser.skip(true);  // the body is read by others
  boost::system::error_code error;
  parser.put(boost::asio::buffer(text.data(), text.size()), error);
  if (error || !parser.is_header_done()) return refuse(400, "a malformed head");

  const auto& message = parser.get();
  RequestHead head;
  const auto method = read_method(head, message.method_string());
  if (!method) return tl::make_unexpected(method.error());
  for (const auto& field : message) {
    head.fields.emplace_back(lower_case(field.name_string()), std::string(field.value()));
  }
  const auto target = read_target(head, message.target());
  if (!target) return tl::make_unexpected(target.error());
  const auto fields = check_fields(head, message.version() == 11);
  if (!fields) return tl::make_unexpected(fields.error());
  return head;
}

}  // namespace couvert
