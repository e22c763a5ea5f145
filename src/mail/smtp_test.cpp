#include "mail/smtp.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <thread>

#include "mail/mail_content.h"
#include "mail/scripted_server.h"

using namespace couvert;
using namespace std::chrono_literals;

namespace {

Envelope envelope() {
  return {.from = parse_address("transfer@example.org").value(),
          .to = parse_address("lab@example.com").value()};
}

SmtpServer plain(const ScriptedServer& server) {
  SmtpServer settings;
  settings.host = "127.0.0.1";
  settings.port = server.port();
  settings.security = SmtpSecurity::none;
  settings.helo = "couvert.example.org";
  return settings;
}

Script answering(const std::string& word, const std::string& answer) {
  Script script;
  script[word] = answer;
  return script;
}

constexpr std::string_view message = "Subject: x\r\n\r\nfirst\r\n.second\r\n";

Result<> send_one(const ScriptedServer& server) {
  SmtpTransport transport(plain(server));
  return transport.send(envelope(), as_bytes(message), 10s);
}

bool heard(const ScriptedServer& server, std::string_view line) {
  const std::vector<std::string> lines = server.lines();
  return std::find(lines.begin(), lines.end(), line) != lines.end();
}

ErrorCode url_error(std::string_view url) {
  const Result<SmtpServer> parsed = parse_smtp_url(url);
  REQUIRE_FALSE(parsed.has_value());
  return parsed.error().code;
}

}  // namespace

TEST_CASE("a mail goes to its recipient, and the content arrives byte for byte") {
  ScriptedServer server;
  REQUIRE(send_one(server).has_value());
  CHECK(heard(server, "EHLO couvert.example.org"));
  CHECK(heard(server, "MAIL FROM:<transfer@example.org>"));
  CHECK(heard(server, "RCPT TO:<lab@example.com>"));
  REQUIRE(server.contents().size() == 1);
  CHECK(server.contents()[0] == "Subject: x\r\n\r\nfirst\r\n..second\r\n");  // RFC 5321 4.5.2
}

TEST_CASE("the mails of one round share a connection, the next round has its own") {
  ScriptedServer server;
  SmtpTransport transport(plain(server));
  for (int i = 0; i < 3; ++i) {
    REQUIRE(transport.send(envelope(), as_bytes(message), 10s).has_value());
  }
  CHECK(server.connections() == 1);
  transport.rest();
  CHECK(heard(server, "QUIT"));
  REQUIRE(transport.send(envelope(), as_bytes(message), 10s).has_value());
  CHECK(server.connections() == 2);
  CHECK(server.contents().size() == 4);
}

TEST_CASE("a 5xx for the recipient or the content is final, and tells what the server said") {
  for (const std::string word : {"RCPT", "DATA", "."}) {
    INFO(word);
    ScriptedServer server(answering(word, "550 5.1.1 no such\tuser\x1b[31m"));
    const Result<> sent = send_one(server);
    REQUIRE_FALSE(sent.has_value());
    CHECK(sent.error().code == ErrorCode::refused);
    CHECK(sent.error().detail == "550 5.1.1 no such user[31m");
  }
}

TEST_CASE("a mail that is too large for the server is final") {
  ScriptedServer server(answering("MAIL", "552 5.3.4 too big"));
  CHECK(send_one(server).error().code == ErrorCode::refused);
}

TEST_CASE("whatever is not about this mail is tried again later") {
  const std::vector<std::pair<std::string, std::string>> answers = {
      {"CONNECT", "554 5.7.1 go away"},
      {"CONNECT", "421 busy"},
      {"MAIL", "550 5.7.1 not you"},
      {"MAIL", "530 log in first"},
      {"MAIL", "451 later"},
      {"RCPT", "450 greylisted"},
      {"RCPT", "530 log in first"},
      {"DATA", "451 later"},
      {".", "452 disk full"},
      {"CONNECT", ""},
      {"MAIL", ""},
      {"RCPT", ""},
      {"DATA", ""},
      {".", ""}};
  for (const auto& [word, answer] : answers) {
    INFO(word << ": " << answer);
    ScriptedServer server(answering(word, answer));
    const Result<> sent = send_one(server);
    REQUIRE_FALSE(sent.has_value());
    CHECK(sent.error().code == ErrorCode::unavailable);
    CHECK_FALSE(sent.error().detail.empty());
  }
}

TEST_CASE("after a refused mail the next one goes through") {
  ScriptedServer server(answering("RCPT", "550 no such user"));
  SmtpTransport transport(plain(server));
  CHECK_FALSE(transport.send(envelope(), as_bytes(message), 10s).has_value());
  server.set("RCPT", "250 ok");
  CHECK(transport.send(envelope(), as_bytes(message), 10s).has_value());
  CHECK(server.contents().size() == 1);
}

TEST_CASE("a connection that went away between two mails is made anew") {
  ScriptedServer server(answering("QUIT", ""));
  SmtpTransport transport(plain(server));
  REQUIRE(transport.send(envelope(), as_bytes(message), 10s).has_value());
  server.set("MAIL", "");  // closes at the next mail's first word
  CHECK_FALSE(transport.send(envelope(), as_bytes(message), 10s).has_value());
  CHECK(server.connections() == 2);
  server.set("MAIL", "250 ok");
  CHECK(transport.send(envelope(), as_bytes(message), 10s).has_value());
}

TEST_CASE("a server that says nothing is left after the time that was given") {
  ScriptedServer server(answering("RCPT", "-"));
  SmtpTransport transport(plain(server));
  const auto start = std::chrono::steady_clock::now();
  const Result<> sent = transport.send(envelope(), as_bytes(message), 300ms);
  REQUIRE_FALSE(sent.has_value());
  CHECK(sent.error().code == ErrorCode::unavailable);
  CHECK(std::chrono::steady_clock::now() - start < 3s);
  CHECK(transport.send(envelope(), as_bytes(message), 0ms).error().code == ErrorCode::unavailable);
}

TEST_CASE(
    "a server that is silent, breaks off or talks rubbish at any stage is tried again later") {
  const std::vector<std::string> answers = {
      "-", "", "!", "rubbish", "\x01\xff\xfe", "99999 far", "299-endless\r\n299-lines"};
  for (const std::string word : {"CONNECT", "EHLO", "MAIL", "RCPT", "DATA", "."}) {
    for (const std::string& answer : answers) {
      INFO(word << ": " << answer);
      ScriptedServer server(answering(word, answer));
      // Without EHLO curl tries HELO, as RFC 5321 has it.
      if (word == "EHLO") server.set("HELO", answer);
      SmtpTransport transport(plain(server));
      const Result<> sent = transport.send(envelope(), as_bytes(message), 150ms);
      REQUIRE_FALSE(sent.has_value());
      CHECK(sent.error().code == ErrorCode::unavailable);
    }
  }
}

TEST_CASE("an answer of any length costs no more than a line of it is told") {
  for (const std::string word : {"CONNECT", "EHLO", "MAIL", "RCPT", "DATA", "."}) {
    for (const std::string& answer :
         {"550 " + std::string(300'000, 'x'), "550 " + std::string(700, '\xc3') + "\xa4"}) {
      INFO(word);
      ScriptedServer server(answering(word, answer));
      if (word == "EHLO") server.set("HELO", answer);
      SmtpTransport transport(plain(server));
      const Result<> sent = transport.send(envelope(), as_bytes(message), 2s);
      REQUIRE_FALSE(sent.has_value());
      CHECK(sent.error().detail.size() <= mail_server_answer_bytes_max);
    }
  }
}

TEST_CASE("a mail under way is given up soon after the stop, and none is begun") {
  ScriptedServer server(answering("CONNECT", "-"));
  SmtpTransport transport(plain(server));
  std::thread stopping([&transport] {
    std::this_thread::sleep_for(100ms);
    transport.stop(100ms);
  });
  // Without the stop it would wait for a minute.
  const auto begun = std::chrono::steady_clock::now();
  const Result<> sent = transport.send(envelope(), as_bytes(message), 60s);
  stopping.join();
  CHECK(sent.error().code == ErrorCode::unavailable);
  CHECK(std::chrono::steady_clock::now() - begun < 30s);
  transport.rest();
  CHECK(transport.stopping());
  CHECK(transport.send(envelope(), as_bytes(message), 60s).error().detail == "the server stops");
  CHECK(server.connections() == 1);
}

TEST_CASE("nobody listens: later it may work") {
  SmtpServer settings;
  {
    ScriptedServer gone;
    settings = plain(gone);
  }
  SmtpTransport transport(settings);
  const Result<> sent = transport.send(envelope(), as_bytes(message), 5s);
  REQUIRE_FALSE(sent.has_value());
  CHECK(sent.error().code == ErrorCode::unavailable);
}

TEST_CASE("a server that lets nobody in is asked once a round, and again in the next") {
  ScriptedServer server(answering("CONNECT", "421 busy"));
  SmtpTransport transport(plain(server));
  for (int i = 0; i < 3; ++i) {
    CHECK(transport.send(envelope(), as_bytes(message), 5s).error().detail == "421 busy");
  }
  CHECK(server.connections() == 1);
  server.set("CONNECT", "220 test");
  transport.rest();
  const Result<> sent = transport.send(envelope(), as_bytes(message), 5s);
  INFO((sent ? "" : sent.error().detail));
  CHECK(sent.has_value());
}

TEST_CASE("no mail leaves where STARTTLS is wanted and not offered") {
  ScriptedServer server;
  SmtpServer settings = plain(server);
  settings.security = SmtpSecurity::starttls;
  settings.user = "couvert";
  settings.password = "secret";
  SmtpTransport transport(settings);
  const Result<> sent = transport.send(envelope(), as_bytes(message), 5s);
  REQUIRE_FALSE(sent.has_value());
  CHECK(sent.error().code == ErrorCode::unavailable);
  CHECK(server.contents().empty());
  for (const std::string& line : server.lines()) CHECK_FALSE(line.starts_with("AUTH"));
}

TEST_CASE("on this machine mail goes without TLS where it is not offered") {
  ScriptedServer server;
  SmtpServer settings = plain(server);
  settings.security = SmtpSecurity::opportunistic;
  SmtpTransport transport(settings);
  CHECK(transport.send(envelope(), as_bytes(message), 5s).has_value());
}

TEST_CASE("a refused login is tried again later: it is not about the mail") {
  ScriptedServer server(answering("AUTH", "535 5.7.8 wrong"));
  server.set("EHLO", "250-test\r\n250 AUTH PLAIN");
  SmtpServer settings = plain(server);
  settings.user = "couvert";
  settings.password = "secret";
  SmtpTransport transport(settings);
  const Result<> sent = transport.send(envelope(), as_bytes(message), 5s);
  REQUIRE_FALSE(sent.has_value());
  CHECK(sent.error().code == ErrorCode::unavailable);
  CHECK(sent.error().detail.find("secret") == std::string::npos);
}

TEST_CASE("an address cannot add words to the envelope") {
  ScriptedServer server;
  SmtpTransport transport(plain(server));
  for (const std::string_view bad : {"", "a@b.c> SIZE=1", "a@b.c\r\nRCPT TO:<d@e.f>", "a b@c.d"}) {
    Envelope other = envelope();
    other.to = Address{std::string(bad)};
    const Result<> sent = transport.send(other, as_bytes(message), 5s);
    REQUIRE_FALSE(sent.has_value());
    CHECK(sent.error().code == ErrorCode::refused);
  }
  CHECK(server.lines().empty());
}

TEST_CASE("a UTF-8 address asks the server for SMTPUTF8, no other does") {
  ScriptedServer server;
  SmtpTransport transport(plain(server));
  Envelope other = envelope();
  other.to = parse_address("b\u00fcro@example.org").value();
  REQUIRE(transport.send(other, as_bytes(message), 5s).has_value());
  CHECK(heard(server, "MAIL FROM:<transfer@example.org> SMTPUTF8"));
}

TEST_CASE("the URL of a mail server is read strictly") {
  const SmtpServer local = parse_smtp_url("smtp://127.0.0.1:1025").value();
  CHECK(local.host == "127.0.0.1");
  CHECK(local.port == 1025);
  CHECK(local.security == SmtpSecurity::opportunistic);
  const SmtpServer far = parse_smtp_url("smtp://mail.example.org").value();
  CHECK(far.port == 25);
  CHECK(far.security == SmtpSecurity::starttls);
  const SmtpServer tls = parse_smtp_url("smtps://mail.example.org/").value();
  CHECK(tls.port == 465);
  CHECK(tls.security == SmtpSecurity::tls);
  CHECK(parse_smtp_url("smtp://[::1]:25").value().host == "::1");
  CHECK(parse_smtp_url("smtp://[::1]").value().security == SmtpSecurity::opportunistic);
  for (const std::string_view bad :
       {"", "smtp://", "http://x", "mail.example.org:25", "smtp://u:p@host", "smtp://host:0",
        "smtp://host:65536", "smtp://host:25x", "smtp://host/path", "smtp://ho st", "smtp://[::1",
        "smtp://[::1]25", "smtp://host:"}) {
    INFO(bad);
    CHECK(url_error(bad) == ErrorCode::invalid);
  }
}

TEST_CASE("mail leaves this machine under TLS only") {
  SmtpServer far = parse_smtp_url("smtp://mail.example.org").value();
  CHECK(check_smtp_server(far).has_value());
  for (const SmtpSecurity weak : {SmtpSecurity::none, SmtpSecurity::opportunistic}) {
    far.security = weak;
    for (const std::string_view host : {"mail.example.org", "127.example.org", "10.0.0.1"}) {
      far.host = host;
      CHECK(check_smtp_server(far).error().code == ErrorCode::invalid);
    }
    far.host = "localhost";
    CHECK(check_smtp_server(far).has_value());
  }
}

TEST_CASE("a login has user and password, and no setting a control character") {
  SmtpServer server = parse_smtp_url("smtps://mail.example.org").value();
  server.user = "couvert";
  CHECK(check_smtp_server(server).error().code == ErrorCode::invalid);
  server.password = "secret";
  CHECK(check_smtp_server(server).has_value());
  server.password = "secret\r\n";
  CHECK(check_smtp_server(server).error().code == ErrorCode::invalid);
  server.password = "secret";
  server.helo = "x\r\nMAIL";
  CHECK(check_smtp_server(server).error().code == ErrorCode::invalid);
}
