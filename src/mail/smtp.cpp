#include "mail/smtp.h"

#include <curl/curl.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <mutex>

#include "base/secret.h"
#include "mail/mail_content.h"
#include "mail/plain.h"

namespace couvert {
namespace {

constexpr std::chrono::seconds connect_time_max{20};
constexpr std::size_t host_bytes_max = 253;

bool is_host(std::string_view host) {
  return !host.empty() && host.size() <= host_bytes_max &&
         std::all_of(host.begin(), host.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                  c == '.' || c == '-' || c == ':';
         });
}

bool is_loopback(std::string_view host) {
  const bool numbers = host.find_first_not_of("0123456789.") == std::string_view::npos;
  return host == "localhost" || host == "::1" || (numbers && host.starts_with("127."));
}

// Where a conversation stands: the last command that was sent.
enum class Stage { greeting, mail, recipient, content, over };

// What client and server said to each other about one message.
struct Dialogue {
  Stage stage = Stage::greeting;
  Stage reached = Stage::greeting;  // the same without the farewell
  int code = 0;
  Stage answered = Stage::greeting;  // what the code is about
  std::string reply;                 // the server's last line before the farewell

  void sent(std::string_view line) {
    // A login's own lines are base64 and so hold no blank and no colon.
    if (line.starts_with("MAIL FROM:")) stage = Stage::mail;
    if (line.starts_with("RCPT TO:")) stage = Stage::recipient;
    if (line.starts_with("DATA\r\n")) stage = Stage::content;
    if (stage != Stage::over) reached = stage;
    if (line.starts_with("QUIT\r\n")) stage = Stage::over;
  }

  void received(std::string_view line) {
    if (stage == Stage::over) return;
    int read = 0;
    const auto parsed = std::from_chars(line.data(), line.data() + line.size(), read);
    if (parsed.ec != std::errc() || read < 200 || read > 599) return;
    code = read;
    answered = stage;
    reply = std::string(line.substr(0, mail_server_answer_bytes_max));
  }
};

int note_line(CURL*, curl_infotype kind, char* data, std::size_t size, void* to) {
  auto* dialogue = static_cast<Dialogue*>(to);
  if (kind == CURLINFO_HEADER_OUT) dialogue->sent({data, size});
  if (kind == CURLINFO_HEADER_IN) dialogue->received({data, size});
  return 0;
}

std::size_t read_message(char* out, std::size_t size, std::size_t count, void* from) {
  auto* rest = static_cast<Bytes*>(from);
  const std::size_t length = std::min(rest->size(), size * count);
  std::copy_n(reinterpret_cast<const char*>(rest->data()), length, out);
  *rest = rest->subspan(length);
  return length;
}

// Whether the answer is about this mail and will not change: a 5xx for its recipient or content, or
// for its size. A 5xx at any other point is about this server or its login.
bool is_final(const Dialogue& dialogue) {
  if (dialogue.code / 100 != 5) return false;
  if (dialogue.code == 530 || dialogue.code == 521) return false;  // login wanted; no mail here
  return dialogue.answered == Stage::recipient || dialogue.answered == Stage::content ||
         (dialogue.answered == Stage::mail && dialogue.code == 552);
}

void start_curl() {
  static std::once_flag once;
  std::call_once(once, [] { INVARIANT(curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK); });
}

}  // namespace

Result<SmtpServer> parse_smtp_url(std::string_view url) {
  SmtpServer server;
  const bool tls = url.starts_with("smtps://");
  if (!tls && !url.starts_with("smtp://")) {
    return fail(ErrorCode::invalid, "smtp://HOST:PORT or smtps://HOST:PORT is expected");
  }
  std::string_view rest = url.substr(tls ? 8 : 7);
  server.port = tls ? 465 : 25;
  if (rest.ends_with('/')) rest.remove_suffix(1);

  std::size_t host_end = rest.find(':');
  if (rest.starts_with('[')) {
    host_end = rest.find(']');
    if (host_end == std::string_view::npos) return fail(ErrorCode::invalid, "a ] is missing");
    server.host = std::string(rest.substr(1, host_end - 1));
    ++host_end;
  } else {
    server.host = std::string(rest.substr(0, host_end));
  }
  if (host_end < rest.size()) {
    const std::string_view port = rest.substr(host_end + 1);
    const auto parsed = std::from_chars(port.data(), port.data() + port.size(), server.port);
    const bool whole = parsed.ec == std::errc() && parsed.ptr == port.data() + port.size();
    if (rest[host_end] != ':' || !whole || server.port == 0) {
      return fail(ErrorCode::invalid, "a port from 1 to 65535 is expected");
    }
  }
  if (!is_host(server.host)) return fail(ErrorCode::invalid, "a host name is expected");
  if (!tls && is_loopback(server.host)) server.security = SmtpSecurity::opportunistic;
  if (tls) server.security = SmtpSecurity::tls;
  return server;
}

Result<> check_smtp_server(const SmtpServer& server) {
  if (!is_host(server.host) || server.port == 0) {
    return fail(ErrorCode::invalid, "the mail server is no host and port");
  }
  if (!server.helo.empty() && !is_host(server.helo)) {
    return fail(ErrorCode::invalid, "the own name for the mail server is no host name");
  }
  const bool weak =
      server.security == SmtpSecurity::opportunistic || server.security == SmtpSecurity::none;
  if (weak && !is_loopback(server.host)) {
    return fail(ErrorCode::invalid, "mail to another machine needs STARTTLS or TLS");
  }
  if (server.user.empty() != server.password.empty()) {
    return fail(ErrorCode::invalid, "a login needs user and password");
  }
  for (const std::string* text : {&server.ca_file, &server.user, &server.password}) {
    if (has_control(*text)) return fail(ErrorCode::invalid, "a setting holds a control character");
  }
  return Result<>();
}

// One libcurl handle: it keeps its connection from mail to mail.
struct SmtpTransport::Connection {
  explicit Connection(const SmtpServer& server) : handle(curl_easy_init()) {
    INVARIANT(handle != nullptr);
    set_address(server);
    set_security(server);
    curl_easy_setopt(handle, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(handle, CURLOPT_PROXY, "");  // whatever the environment says
    curl_easy_setopt(handle, CURLOPT_UPLOAD, 1L);
    curl_easy_setopt(handle, CURLOPT_READFUNCTION, read_message);
    curl_easy_setopt(handle, CURLOPT_DEBUGFUNCTION, note_line);
    curl_easy_setopt(handle, CURLOPT_VERBOSE, 1L);  // for note_line; nothing is printed
    curl_easy_setopt(handle, CURLOPT_ERRORBUFFER, trouble.data());
  }
  ~Connection() { curl_easy_cleanup(handle); }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  void set_address(const SmtpServer& server) {
    const bool ipv6 = server.host.find(':') != std::string::npos;
    std::string url = server.security == SmtpSecurity::tls ? "smtps://" : "smtp://";
    url += ipv6 ? "[" + server.host + "]" : server.host;
    url += ":" + std::to_string(server.port) + "/" + server.helo;
    curl_easy_setopt(handle, CURLOPT_URL, url.c_str());
    curl_easy_setopt(handle, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
    if (!server.user.empty()) {
      curl_easy_setopt(handle, CURLOPT_USERNAME, server.user.c_str());
      curl_easy_setopt(handle, CURLOPT_PASSWORD, server.password.c_str());
    }
  }

  void set_security(const SmtpServer& server) {
    curl_easy_setopt(handle, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
    if (!server.ca_file.empty()) curl_easy_setopt(handle, CURLOPT_CAINFO, server.ca_file.c_str());
    long use = CURLUSESSL_ALL;
    if (server.security == SmtpSecurity::none) use = CURLUSESSL_NONE;
    if (server.security == SmtpSecurity::opportunistic) {
      use = CURLUSESSL_TRY;
      // RFC 7435: better encrypted to whoever answers on this machine than not at all.
      const long verify = server.ca_file.empty() ? 0 : 1;
      curl_easy_setopt(handle, CURLOPT_SSL_VERIFYPEER, verify);
      curl_easy_setopt(handle, CURLOPT_SSL_VERIFYHOST, verify * 2);
    }
    curl_easy_setopt(handle, CURLOPT_USE_SSL, use);
  }

  // One try to send; what was said goes to `dialogue`.
  CURLcode perform(const Envelope& envelope, Bytes message, Duration time_max, Dialogue& dialogue) {
    const std::string from = "<" + envelope.from.text + ">";
    const std::string to = "<" + envelope.to.text + ">";
    curl_slist* recipients = curl_slist_append(nullptr, to.c_str());
    INVARIANT(recipients != nullptr);
    const auto time = static_cast<long>(time_max.count());
    const auto connect_time = std::min(time, static_cast<long>(Duration(connect_time_max).count()));
    trouble[0] = '\0';
    curl_easy_setopt(handle, CURLOPT_MAIL_FROM, from.c_str());
    curl_easy_setopt(handle, CURLOPT_MAIL_RCPT, recipients);
    curl_easy_setopt(handle, CURLOPT_READDATA, &message);
    curl_easy_setopt(handle, CURLOPT_INFILESIZE_LARGE, static_cast<curl_off_t>(message.size()));
    curl_easy_setopt(handle, CURLOPT_TIMEOUT_MS, time);
    curl_easy_setopt(handle, CURLOPT_CONNECTTIMEOUT_MS, connect_time);
    curl_easy_setopt(handle, CURLOPT_DEBUGDATA, &dialogue);
    const CURLcode result = curl_easy_perform(handle);
    curl_easy_setopt(handle, CURLOPT_MAIL_RCPT, nullptr);
    curl_easy_setopt(handle, CURLOPT_DEBUGDATA, &farewell);  // what is said when it closes
    curl_slist_free_all(recipients);
    return result;
  }

  // Whether a mail failed only because the connection of an earlier one had gone.
  bool was_stale(const Dialogue& dialogue) const {
    long fresh = 0;
    curl_easy_getinfo(handle, CURLINFO_NUM_CONNECTS, &fresh);
    return fresh == 0 && dialogue.code == 0;
  }

  CURL* handle;
  Dialogue farewell;
  std::array<char, CURL_ERROR_SIZE> trouble{};
};

SmtpTransport::SmtpTransport(SmtpServer server) : server_(std::move(server)) {
  INVARIANT(check_smtp_server(server_).has_value());
  start_curl();
}

SmtpTransport::~SmtpTransport() {
  wipe(server_.password);
}

Result<> SmtpTransport::send(const Envelope& envelope, Bytes message, Duration time_max) {
  for (const Address* address : {&envelope.from, &envelope.to}) {
    const bool unfit = address->text.find_first_of("<> \"\\") != std::string::npos;
    if (unfit || address->text.empty() || has_control(address->text)) {
      return fail(ErrorCode::refused, "an address that no envelope may hold");
    }
  }
  if (time_max <= Duration::zero()) return fail(ErrorCode::unavailable, "no time is left");
  if (!away_.empty()) return fail(ErrorCode::unavailable, away_);
  if (stopping()) return fail(ErrorCode::unavailable, "the server stops");
  if (!connection_) {
    connection_ = std::make_unique<Connection>(server_);
    curl_easy_setopt(connection_->handle, CURLOPT_XFERINFOFUNCTION, look_for_end);
    curl_easy_setopt(connection_->handle, CURLOPT_XFERINFODATA, this);
    curl_easy_setopt(connection_->handle, CURLOPT_NOPROGRESS, 0L);
  }

  Dialogue dialogue;
  CURLcode result = connection_->perform(envelope, message, time_max, dialogue);
  if (result != CURLE_OK && connection_->was_stale(dialogue)) {
    dialogue = Dialogue();
    result = connection_->perform(envelope, message, time_max, dialogue);
  }
  if (result == CURLE_OK) return Result<>();

  const bool answered = dialogue.code >= 400;
  const std::string why = answered ? dialogue.reply : std::string(connection_->trouble.data());
  const std::string detail =
      one_line(why.empty() ? curl_easy_strerror(result) : why, mail_server_answer_bytes_max);
  connection_.reset();  // the next mail begins afresh
  if (dialogue.reached == Stage::greeting) away_ = detail;
  return fail(is_final(dialogue) ? ErrorCode::refused : ErrorCode::unavailable, detail);
}

void SmtpTransport::stop(Duration patience) {
  Steady::time_point never = Steady::time_point::max();
  end_.compare_exchange_strong(never, Steady::now() + patience);  // a second call moves nothing
}

bool SmtpTransport::stopping() const {
  return end_.load() != Steady::time_point::max();
}

// libcurl asks once a second at least, also while it waits for an answer.
int SmtpTransport::look_for_end(void* transport, std::int64_t, std::int64_t, std::int64_t,
                                std::int64_t) {
  return Steady::now() >= static_cast<const SmtpTransport*>(transport)->end_.load() ? 1 : 0;
}

void SmtpTransport::rest() {
  connection_.reset();
  away_.clear();
}

}  // namespace couvert
