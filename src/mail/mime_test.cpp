#include "mail/mime.h"

#include <doctest/doctest.h>

#include <map>
#include <thread>

#include "base/limits.h"
#include "mail/sample_mails.h"

using namespace couvert;

namespace {

const MailHead head = {.mail_id = MailId::parse("qwertyuiopasdfghjklzxcvbna").value(),
                       .from = parse_address("transfer@example.org").value(),
                       .to = parse_address("lab@example.com").value(),
                       .date = from_unix(1'795'000'000)};

MailText plain_mail() {
  MailText text;
  text.language = Language::de;
  text.from_name = "Example Chamber";
  text.subject = "Hello";
  text.text = "Guten Tag,\nGr\u00fc\u00dfe\n.\nFrom here\n";
  text.html = "<html><p>Gr\u00fc\u00dfe</p></html>\n";
  return text;
}

std::string build(const MailText& text) {
  const Result<Buffer> bytes = build_message(head, text);
  REQUIRE(bytes.has_value());
  return std::string(as_text(*bytes));
}

ErrorCode refused(const MailHead& outside, const MailText& text) {
  const Result<Buffer> bytes = build_message(outside, text);
  REQUIRE_FALSE(bytes.has_value());
  return bytes.error().code;
}

// The headers of a message, unfolded.
std::multimap<std::string, std::string> headers_of(const std::string& message) {
  std::string block = message.substr(0, message.find("\r\n\r\n") + 2);
  for (std::size_t at; (at = block.find_first_of(" \t", block.find("\r\n"))), at != block.npos;) {
    std::size_t fold = block.find("\r\n ");
    if (fold == block.npos) fold = block.find("\r\n\t");
    if (fold == block.npos) break;
    block.replace(fold, 3, " ");
  }
  std::multimap<std::string, std::string> headers;
  while (!block.empty()) {
    const std::string line = block.substr(0, block.find("\r\n"));
    headers.emplace(line.substr(0, line.find(": ")), line.substr(line.find(": ") + 2));
    block.erase(0, line.size() + 2);
  }
  return headers;
}

std::string header(const std::string& message, const std::string& name) {
  const auto headers = headers_of(message);
  REQUIRE(headers.count(name) == 1);
  return headers.find(name)->second;
}

}  // namespace

TEST_CASE("a message has the headers that mail programs and servers want, each once") {
  MailText text = plain_mail();
  text.reply_to = parse_address("ann@example.net").value();
  const std::string message = build(text);
  CHECK(header(message, "From") == "Example Chamber <transfer@example.org>");
  CHECK(header(message, "Reply-To") == "ann@example.net");
  CHECK(header(message, "To") == "lab@example.com");
  CHECK(header(message, "Subject") == "Hello");
  CHECK(header(message, "Date") == "Wed, 18 Nov 2026 11:06:40 +0000");
  CHECK(header(message, "Message-Id") == "<qwertyuiopasdfghjklzxcvbna@example.org>");
  CHECK(header(message, "Auto-Submitted") == "auto-generated");
  CHECK(header(message, "X-Auto-Response-Suppress") == "All");
  CHECK(header(message, "Content-Language") == "de");
  CHECK(header(message, "MIME-Version") == "1.0");
  CHECK(headers_of(message).size() == 11);
}

TEST_CASE("plain text comes before HTML, both in UTF-8 and quoted-printable") {
  const std::string message = build(plain_mail());
  const std::string boundary = "--=_qwertyuiopasdfghjklzxcvbna";
  CHECK(message.ends_with(boundary + "--\r\n"));
  const std::size_t text = message.find("Content-Type: text/plain; charset=utf-8\r\n");
  const std::size_t html = message.find("Content-Type: text/html; charset=utf-8\r\n");
  REQUIRE(html != std::string::npos);
  CHECK(text < html);
  CHECK(message.find("Gr=C3=BC=C3=9Fe") != std::string::npos);
  CHECK(message.find("Content-Transfer-Encoding: quoted-printable\r\n", html) != std::string::npos);
}

TEST_CASE("the same mail has the same bytes, from any thread") {
  const std::string message = build(plain_mail());
  std::vector<std::thread> threads;
  threads.reserve(4);
  std::atomic<int> same = 0;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int n = 0; n < 20; ++n) {
        const Result<Buffer> bytes = build_message(head, plain_mail());
        if (bytes && as_text(*bytes) == message) ++same;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(same == 80);
}

TEST_CASE("lines end in CRLF and keep 78 columns, whatever the mail says") {
  static const Catalogue catalogue;
  const MailFrame frame = {.organisation = "Zahn\u00e4rztekammer Musterstadt am See",
                           .time_zone = "Europe/Berlin"};
  for (const Language language : all_languages) {
    for (const auto& [name, content] : sample_mails(language)) {
      const std::string message = build(write_mail(catalogue, frame, content));
      for (std::size_t at = 0; at < message.size();) {
        const std::size_t end = message.find("\r\n", at);
        REQUIRE(end != std::string::npos);
        const std::string_view line = std::string_view(message).substr(at, end - at);
        CHECK(line.size() <= (line.find("=?UTF-8?") == line.npos ? 78 : 76));
        CHECK(message.find_first_of("\r\n", at) == end);
        at = end + 2;
      }
    }
  }
}

TEST_CASE("no header value brings a header of its own") {
  for (const std::string_view bad :
       {"a\r\nBcc: x@example.net", "a\nBcc: x@example.net", "a\rb", "a\tb", "a\x7f", "a\xff"}) {
    MailText text = plain_mail();
    text.subject = bad;
    CHECK(refused(head, text) == ErrorCode::invalid);
    text = plain_mail();
    text.from_name = bad;
    CHECK(refused(head, text) == ErrorCode::invalid);
    text = plain_mail();
    text.reply_to = Address{std::string(bad)};
    CHECK(refused(head, text) == ErrorCode::invalid);
    MailHead outside = head;
    outside.to = Address{std::string(bad)};
    CHECK(refused(outside, plain_mail()) == ErrorCode::invalid);
    outside = head;
    outside.from = Address{std::string(bad)};
    CHECK(refused(outside, plain_mail()) == ErrorCode::invalid);
  }
}

TEST_CASE("a name or subject cannot pose as an encoded word or as an address") {
  MailText text = plain_mail();
  text.subject = "=?UTF-8?Q?a=0D=0ABcc:_x@example.net?=";
  text.from_name = "a, b <x@example.net>; \"c\"";
  const std::string message = build(text);
  const auto headers = headers_of(message);
  CHECK(headers.count("Bcc") == 0);
  CHECK(header(message, "Subject").find("=?UTF-8?Q?a=0D") == std::string::npos);
  CHECK(header(message, "From") == "\"a, b <x@example.net>; \\\"c\\\"\" <transfer@example.org>");
}

TEST_CASE("a long name in UTF-8 becomes encoded words of whole characters") {
  MailText text = plain_mail();
  text.from_name = "Dr. Anna M\u00fcller-Sch\u00f6nfeld \u00fcber Zahn\u00e4rztekammer";
  const std::string from = header(build(text), "From");
  CHECK(from ==
        "=?UTF-8?B?RHIuIEFubmEgTcO8bGxlci1TY2jDtm5mZWxkIMO8YmVyIA==?= "
        "=?UTF-8?B?WmFobsOkcnp0ZWthbW1lcg==?= <transfer@example.org>");
  text.from_name = std::string(50, 'x') + "\u00e4\u00e4";
  CHECK(header(build(text), "From").starts_with("=?UTF-8?B?"));
}

TEST_CASE("an address with a UTF-8 local part stays UTF-8, all others stay ASCII") {
  MailHead outside = head;
  outside.to = parse_address("b\u00fcro@example.org").value();
  const Result<Buffer> bytes = build_message(outside, plain_mail());
  REQUIRE(bytes.has_value());
  CHECK(header(std::string(as_text(*bytes)), "To") == "b\u00fcro@example.org");
  const std::string ascii = build(plain_mail());
  CHECK(std::all_of(ascii.begin(), ascii.end(), [](char c) { return c > 0; }));
}

TEST_CASE("a mail over the bound is too large") {
  MailText text = plain_mail();
  text.text = std::string(limits::mail_bytes_max, 'x');
  CHECK(refused(head, text) == ErrorCode::too_large);
  text = plain_mail();
  for (int i = 0; i < 200'000; ++i) text.text += "\u00fc";  // three times as long when quoted
  CHECK(refused(head, text) == ErrorCode::too_large);
}
