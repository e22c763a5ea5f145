#include "client/curl_transport.h"

#include <curl/curl.h>

#include <algorithm>
#include <cstring>
#include <exception>

#include "base/secret.h"

namespace couvert {
namespace {

constexpr std::size_t head_bytes_max = 64 * 1024;
constexpr long connect_seconds_max = 30;
constexpr long upload_buffer_bytes = 1024 * 1024;
constexpr long download_buffer_bytes = 512 * 1024;

// One exchange while it runs: what libcurl's callbacks share.
struct Exchange {
  const HttpRequest& request;
  Patience& patience;
  HttpAnswer answer;
  std::size_t head_bytes = 0;
  bool head_done = false;
  bool to_sink = false;
  std::optional<Problem> problem;
  std::exception_ptr thrown;

  // Runs `work`, whose exceptions must not cross libcurl's frames.
  template <class Work>
  bool guard(Work work) noexcept {
    try {
      return work();
    } catch (...) {
      thrown = std::current_exception();
      return false;
    }
  }

  template <class T>
  bool took(const Answer<T>& result) {
    if (!result) problem = result.error();
    return result.has_value();
  }
};

std::string_view trimmed(std::string_view text) {
  const auto blank = [](char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; };
  while (!text.empty() && blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && blank(text.back())) text.remove_suffix(1);
  return text;
}

bool end_head(Exchange& exchange) {
  AnswerHead& head = exchange.answer.head;
  if (head.status < 200) return true;  // 100 Continue: the real head follows
  exchange.head_done = true;
  if (exchange.request.sink == nullptr || (head.status != 200 && head.status != 206)) return true;
  exchange.to_sink = true;
  return exchange.took(exchange.request.sink->begin(head));
}

bool take_header(Exchange& exchange, std::string_view line) {
  exchange.head_bytes += line.size();
  if (exchange.head_bytes > head_bytes_max) {
    exchange.problem = trouble(ErrorCode::too_large, reasons::foreign_answer).value();
    return false;
  }
  if (exchange.head_done) return true;  // trailers mean nothing here
  AnswerHead& head = exchange.answer.head;
  if (line.starts_with("HTTP/")) {
    const std::size_t space = line.find(' ');
    const std::string_view status = space == line.npos ? "" : line.substr(space + 1, 3);
    head = AnswerHead();
    for (const char c : status) head.status = head.status * 10 + (c - '0');
    return true;
  }
  if (trimmed(line).empty()) return end_head(exchange);
  const std::size_t colon = line.find(':');
  if (colon == line.npos) return true;
  std::string name(line.substr(0, colon));
  std::transform(name.begin(), name.end(), name.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  head.headers.emplace_back(std::move(name), std::string(trimmed(line.substr(colon + 1))));
  return true;
}

bool take_body(Exchange& exchange, std::string_view data) {
  if (exchange.to_sink) return exchange.took(exchange.request.sink->write(as_bytes(data)));
  if (exchange.answer.body.size() + data.size() > exchange.request.answer_bytes_max) {
    exchange.problem = trouble(ErrorCode::too_large, reasons::foreign_answer).value();
    return false;
  }
  exchange.answer.body += data;
  return true;
}

std::size_t on_header(char* data, std::size_t size, std::size_t count, void* user) noexcept {
  auto& exchange = *static_cast<Exchange*>(user);
  const std::size_t bytes = size * count;
  return exchange.guard([&] { return take_header(exchange, {data, bytes}); }) ? bytes : 0;
}

std::size_t on_body(char* data, std::size_t size, std::size_t count, void* user) noexcept {
  auto& exchange = *static_cast<Exchange*>(user);
  const std::size_t bytes = size * count;
  // 0 bytes taken would be success for an empty call, so a failure always asks for the impossible.
  return exchange.guard([&] {
    return take_body(exchange, {data, bytes});
  })
             ? bytes
             : CURL_WRITEFUNC_ERROR;
}

std::size_t on_read(char* room, std::size_t size, std::size_t count, void* user) noexcept {
  auto& exchange = *static_cast<Exchange*>(user);
  std::size_t filled = 0;
  const bool ok = exchange.guard([&] {
    const MutableBytes target = std::as_writable_bytes(std::span(room, size * count));
    const Answer<std::size_t> got = exchange.request.source->read(target);
    if (got) filled = *got;
    return exchange.took(got);
  });
  return ok ? filled : CURL_READFUNC_ABORT;
}

int on_seek(void* user, curl_off_t offset, int origin) noexcept {
  auto& exchange = *static_cast<Exchange*>(user);
  if (offset != 0 || origin != SEEK_SET) return CURL_SEEKFUNC_CANTSEEK;
  const bool ok = exchange.guard([&] { return exchange.took(exchange.request.source->rewind()); });
  return ok ? CURL_SEEKFUNC_OK : CURL_SEEKFUNC_FAIL;
}

int on_progress(void* user, curl_off_t, curl_off_t, curl_off_t, curl_off_t) noexcept {
  return static_cast<Exchange*>(user)->patience.stopped() ? 1 : 0;
}

// The headers of one request, wiped when they go.
class HeaderList {
 public:
  HeaderList() = default;
  ~HeaderList() {
    for (curl_slist* item = list_; item != nullptr; item = item->next) {
      wipe(std::as_writable_bytes(std::span(item->data, std::strlen(item->data))));
    }
    curl_slist_free_all(list_);
  }
  HeaderList(const HeaderList&) = delete;
  HeaderList& operator=(const HeaderList&) = delete;

  void add(const std::string& name, const std::string& value) {
    std::string line;
    line.reserve(name.size() + value.size() + 2);
    line.append(name).append(": ").append(value);
    curl_slist* longer = curl_slist_append(list_, line.c_str());
    wipe(line);
    if (longer == nullptr) throw std::bad_alloc();
    list_ = longer;
  }
  curl_slist* get() const { return list_; }

 private:
  curl_slist* list_ = nullptr;
};

template <class Value>
void set(CURL* curl, CURLoption option, Value value) {
  const CURLcode code = curl_easy_setopt(curl, option, value);
  if (code == CURLE_OUT_OF_MEMORY) throw std::bad_alloc();
  INVARIANT(code == CURLE_OK);
}

void set_line(CURL* curl, const HttpRequest& request, const TransportOptions& options) {
  set(curl, CURLOPT_URL, request.url.c_str());
  set(curl, CURLOPT_USERAGENT, options.user_agent.c_str());
  set(curl, CURLOPT_PROTOCOLS_STR, "http,https");
  set(curl, CURLOPT_FOLLOWLOCATION, 0L);
  set(curl, CURLOPT_DISALLOW_USERNAME_IN_URL, 1L);
  set(curl, CURLOPT_PATH_AS_IS, 1L);
  set(curl, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
  set(curl, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  set(curl, CURLOPT_SSL_VERIFYPEER, 1L);
  set(curl, CURLOPT_SSL_VERIFYHOST, 2L);
  if (!options.ca_file.empty()) set(curl, CURLOPT_CAINFO, options.ca_file.c_str());
  if (request.url.starts_with("http://")) set(curl, CURLOPT_PROXY, "");
  set(curl, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
  set(curl, CURLOPT_NOSIGNAL, 1L);
  set(curl, CURLOPT_TCP_KEEPALIVE, 1L);
  set(curl, CURLOPT_CONNECTTIMEOUT, connect_seconds_max);
  set(curl, CURLOPT_LOW_SPEED_LIMIT, 1L);
  set(curl, CURLOPT_LOW_SPEED_TIME, static_cast<long>(request.stall_max.count() / 1000));
  if (request.time_max) {
    set(curl, CURLOPT_TIMEOUT_MS, static_cast<long>(request.time_max->count()));
  }
}

// A body that is read while it is sent.
void set_source(CURL* curl, const HttpRequest& request, const char* method) {
  INVARIANT(request.source != nullptr);
  set(curl, CURLOPT_UPLOAD, 1L);
  set(curl, CURLOPT_CUSTOMREQUEST, method);
  set(curl, CURLOPT_UPLOAD_BUFFERSIZE, upload_buffer_bytes);
  set(curl, CURLOPT_INFILESIZE_LARGE, static_cast<curl_off_t>(request.source->size()));
}

void set_method(CURL* curl, const HttpRequest& request) {
  switch (request.method) {
    case Method::get:
      return set(curl, CURLOPT_HTTPGET, 1L);
    case Method::head:
      return set(curl, CURLOPT_NOBODY, 1L);
    case Method::erase:
      return set(curl, CURLOPT_CUSTOMREQUEST, "DELETE");
    case Method::put:
    case Method::post:
      if (request.source != nullptr) return set_source(curl, request, "POST");
      set(curl, CURLOPT_POST, 1L);
      if (request.method == Method::put) set(curl, CURLOPT_CUSTOMREQUEST, "PUT");
      set(curl, CURLOPT_POSTFIELDS, request.body.data());
      return set(curl, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
    case Method::patch:
      return set_source(curl, request, "PATCH");
  }
}

void set_callbacks(CURL* curl, Exchange& exchange) {
  set(curl, CURLOPT_HEADERFUNCTION, &on_header);
  set(curl, CURLOPT_HEADERDATA, &exchange);
  set(curl, CURLOPT_WRITEFUNCTION, &on_body);
  set(curl, CURLOPT_WRITEDATA, &exchange);
  set(curl, CURLOPT_READFUNCTION, &on_read);
  set(curl, CURLOPT_READDATA, &exchange);
  set(curl, CURLOPT_SEEKFUNCTION, &on_seek);
  set(curl, CURLOPT_SEEKDATA, &exchange);
  set(curl, CURLOPT_XFERINFOFUNCTION, &on_progress);
  set(curl, CURLOPT_XFERINFODATA, &exchange);
  set(curl, CURLOPT_NOPROGRESS, 0L);
  if (exchange.request.sink != nullptr) set(curl, CURLOPT_BUFFERSIZE, download_buffer_bytes);
}

Problem line_problem(CURLcode code) {
  Problem problem;
  problem.detail = curl_easy_strerror(code);
  problem.passing = Passing::yes;
  switch (code) {
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_RESOLVE_PROXY:
      problem.reason = reasons::no_name;
      break;
    case CURLE_COULDNT_CONNECT:
      problem.reason = reasons::no_connection;
      break;
    case CURLE_OPERATION_TIMEDOUT:
      problem.reason = reasons::timeout;
      break;
    case CURLE_PEER_FAILED_VERIFICATION:
      problem.reason = reasons::certificate;
      problem.passing = Passing::no;
      break;
    case CURLE_SSL_CACERT_BADFILE:
      problem.code = ErrorCode::invalid;
      problem.reason = reasons::ca_file;
      problem.passing = Passing::no;
      break;
    case CURLE_SSL_CONNECT_ERROR:
      problem.reason = reasons::no_tls;
      break;
    case CURLE_UNSUPPORTED_PROTOCOL:
    case CURLE_WEIRD_SERVER_REPLY:
    case CURLE_HTTP2:
      problem.reason = reasons::foreign_answer;
      problem.passing = Passing::no;
      break;
    default:
      problem.reason = reasons::broken_line;
  }
  return problem;
}

}  // namespace

struct CurlTransport::Handle {
  Handle() {
    curl_global_init(CURL_GLOBAL_DEFAULT);
    curl = curl_easy_init();
    if (curl == nullptr) throw std::bad_alloc();
  }
  ~Handle() { curl_easy_cleanup(curl); }
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;

  CURL* curl = nullptr;
};

CurlTransport::CurlTransport(TransportOptions options, Patience& patience)
    : handle_(std::make_unique<Handle>()), options_(std::move(options)), patience_(patience) {}

CurlTransport::~CurlTransport() = default;

Answer<HttpAnswer> CurlTransport::send(const HttpRequest& request) {
  if (patience_.stopped()) return trouble(ErrorCode::unavailable, reasons::interrupted);
  CURL* curl = handle_->curl;
  curl_easy_reset(curl);  // options only: the connection stays
  Exchange exchange{.request = request, .patience = patience_};
  HeaderList headers;
  for (const auto& [name, value] : request.headers) headers.add(name, value);
  set_line(curl, request, options_);
  set_method(curl, request);
  set_callbacks(curl, exchange);
  set(curl, CURLOPT_HTTPHEADER, headers.get());

  const CURLcode code = curl_easy_perform(curl);
  curl_easy_reset(curl);  // drops the pointers into this frame
  if (exchange.thrown) std::rethrow_exception(exchange.thrown);
  if (exchange.problem) return tl::make_unexpected(std::move(*exchange.problem));
  if (code == CURLE_OUT_OF_MEMORY) throw std::bad_alloc();
  if (code != CURLE_OK && patience_.stopped()) {
    return trouble(ErrorCode::unavailable, reasons::interrupted);
  }
  if (code != CURLE_OK) return tl::make_unexpected(line_problem(code));
  return std::move(exchange.answer);
}

}  // namespace couvert
