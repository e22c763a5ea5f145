// SMTP over libcurl: STARTTLS or TLS, AUTH, one connection for the mails of a round.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "mail/transport.h"

namespace couvert {

/// How the connection is protected. Both weaker ways are for a server on this machine only.
enum class SmtpSecurity {
  tls,            // from the first byte: smtps://
  starttls,       // STARTTLS, or no mail
  opportunistic,  // STARTTLS where offered, its certificate unchecked without a CA file
  none,
};

/// A mail server and how to talk to it.
struct SmtpServer {
  std::string host;
  std::uint16_t port = 25;
  SmtpSecurity security = SmtpSecurity::starttls;
  std::string helo;      // the name that this server gives itself, a host name
  std::string ca_file;   // PEM; empty: those of the system
  std::string user;      // empty: no login
  std::string password;  // wiped when the transport goes
};

/// Reads `smtp://HOST[:PORT]` or `smtps://HOST[:PORT]`; HOST may be an address, IPv6 in brackets.
/// smtp:// means STARTTLS, opportunistic on this machine. Ports: 25, 465.
/// Errors: `invalid` for anything else, also for a user or password in the URL.
Result<SmtpServer> parse_smtp_url(std::string_view url);

/// Whether these settings are allowed.
/// Errors: `invalid` for a weaker security than STARTTLS to another machine, a user without
/// password or the other way round, or control characters anywhere.
Result<> check_smtp_server(const SmtpServer& server);

/// Where the server cannot be reached or lets nobody in, one mail waits for that; the others of the
/// round get the same answer at once.
///
/// Order:  send() as often as needed, then rest(), round after round.
/// Memory: one connection and the message that is being sent.
class SmtpTransport final : public MailTransport {
 public:
  /// `server` must have passed check_smtp_server().
  explicit SmtpTransport(SmtpServer server);
  ~SmtpTransport() override;

  Result<> send(const Envelope& envelope, Bytes message, Duration time_max) override;
  void stop(Duration patience) override;
  bool stopping() const override;
  void rest() override;

 private:
  struct Connection;
  using Steady = std::chrono::steady_clock;
  static int look_for_end(void* transport, std::int64_t, std::int64_t, std::int64_t, std::int64_t);

  SmtpServer server_;
  std::string away_;  // why no mail of this round can go
  std::atomic<Steady::time_point> end_ = Steady::time_point::max();
  std::unique_ptr<Connection> connection_;
};

}  // namespace couvert
