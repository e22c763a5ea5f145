#include "mail/bounce_report.h"

#include <doctest/doctest.h>

#include "base/limits.h"
#include "mail/mail_content.h"

using namespace couvert;

namespace {

const std::string id = "qwertyuiopasdfghjklzxcvbna";
const std::string failed =
    "Final-Recipient: rfc822; bert@example.com\n"
    "Action: failed\n"
    "Status: 5.1.1\n"
    "Remote-MTA: dns; mx.example.com\n"
    "Diagnostic-Code: smtp; 550 5.1.1 <bert@example.com>: Recipient address rejected:\n"
    "    User unknown\n";

// A part with its type, after the line that parts it from the one before.
std::string part(const std::string& type, const std::string& body) {
  return "--=_b/1\nContent-Type: " + type + "\n\n" + body + "\n";
}

std::string returned(const std::string& message_id) {
  return part("message/rfc822",
              "From: transfer@example.org\nMessage-ID: <" + message_id + ">\n\nhello\n");
}

std::string status(const std::string& recipients) {
  return part(
      "message/delivery-status",
      "Reporting-MTA: dns; mail.example.org\nArrival-Date: Thu, 26 Nov 2026\n\n" + recipients);
}

std::string report(const std::string& parts, const std::string& type = "delivery-status") {
  return "From: MAILER-DAEMON@mail.example.org\nTo: bounces@example.org\nMIME-Version: 1.0\n"
         "Content-Type: multipart/report; report-type=" +
         type + ";\n  boundary=\"=_b/1\"\n\nnothing for machines\n" +
         part("text/plain", "I'm sorry") + parts + "--=_b/1--\n";
}

// Why a mail is no report of ours.
std::string refused(const std::string& mail) {
  const Result<BounceReport> read = read_bounce_report(mail);
  REQUIRE_FALSE(read.has_value());
  CHECK(read.error().code == ErrorCode::invalid);
  return read.error().detail;
}

std::string answer_in(const std::string& recipients) {
  const auto read = read_bounce_report(report(status(recipients) + returned(id + "@example.org")));
  REQUIRE(read.has_value());
  return read->answer;
}

std::string with_crlf(std::string text) {
  for (std::size_t at = 0; (at = text.find('\n', at)) != text.npos; at += 2) text.insert(at, "\r");
  return text;
}

}  // namespace

TEST_CASE("a report of a failure says which mail came back, and why") {
  const std::string mail = report(status(failed) + returned(id + "@example.org"));
  const std::string why = "550 5.1.1 <bert@example.com>: Recipient address rejected: User unknown";
  for (const std::string& one : {mail, with_crlf(mail), "From MAILER-DAEMON Thu Nov 26\n" + mail}) {
    const Result<BounceReport> read = read_bounce_report(one);
    REQUIRE(read.has_value());
    CHECK(read->mail_id.text() == id);
    CHECK(read->answer == why);
  }
}

TEST_CASE("the head of the mail is enough, in any coding") {
  const std::string head = "Message-ID: <" + id + "@example.org>\nFrom: transfer@example.org\n";
  const std::string coded = "text/rfc822-headers\nContent-Transfer-Encoding: base64";
  for (const std::string& back :
       {part("text/rfc822-headers", head), part("message/global-headers", head),
        part(coded, encode_base64(as_bytes(head)))}) {
    const auto read = read_bounce_report(report(status(failed) + back));
    REQUIRE(read.has_value());
    CHECK(read->mail_id.text() == id);
  }
}

TEST_CASE("only what failed for good, for everybody behind the address, has come back") {
  const std::string back = returned(id + "@example.org");
  for (const char* action : {"delayed", "delivered", "relayed", "expanded", "", "failed no"}) {
    const std::string other = std::string("Final-Recipient: rfc822; x@example.com\nAction: ") +
                              action + "\nStatus: 4.4.1\n";
    CHECK(refused(report(status(other) + back)) == "nothing has failed for good");
    CHECK(refused(report(status(failed + "\n" + other) + back)) == "nothing has failed for good");
  }
  CHECK(refused(report(status("Status: 5.0.0\n") + back)) == "nothing has failed for good");
  CHECK(refused(report(status("") + back)) == "nothing has failed for good");
  CHECK(answer_in(failed + "\n" + failed).starts_with("550 5.1.1"));
  CHECK(answer_in("ACTION:  Failed \nSTATUS: 5.2.2\n") == "5.2.2");
}

TEST_CASE("the reason is that of the first failure, one clean line of bounded length") {
  CHECK(answer_in("Action: failed\n\nAction: failed\nDiagnostic-Code: smtp; second\n").empty());
  CHECK(answer_in("Action: failed\nDiagnostic-Code: no kind\n") == "no kind");
  CHECK(answer_in("Action: failed\nDiagnostic-Code: smtp;a\xff\x1b[31m\xe2\x80\xae b\n") ==
        "a\xef\xbf\xbd[31m b");
  const std::string umlauts = answer_in("Action: failed\nDiagnostic-Code: x" + [] {
    std::string text;
    for (int i = 0; i < 400; ++i) text += "\xc3\xbc";
    return text;
  }());
  CHECK(umlauts.size() == mail_server_answer_bytes_max - 1);
  CHECK(is_utf8(umlauts));
}

TEST_CASE("a report about no mail of this server is none") {
  const std::string why = "a report about no mail of this server";
  CHECK(refused(report(status(failed))) == why);
  for (const std::string& other :
       {std::string("x@example.org"), id, id + "a@example.org", std::string("@example.org"),
        "Q" + id.substr(1) + "@example.org", id.substr(0, 10) + "-" + id.substr(10) + "@x"}) {
    CHECK(refused(report(status(failed) + returned(other))) == why);
  }
  const std::string text = part("text/plain", "Message-ID: <" + id + "@example.org>\n");
  CHECK(refused(report(status(failed) + text)) == why);
}

TEST_CASE("answers of people and programs, and rubbish, are no reports") {
  const std::string why = "no delivery status notification";
  const std::string parts = status(failed) + returned(id + "@example.org");
  CHECK(refused("") == why);
  CHECK(refused("From ") == why);
  CHECK(refused("From x\n") == why);
  CHECK(refused(std::string("\0\xff\n\n--", 6)) == why);
  CHECK(refused("Subject: I am away\nAuto-Submitted: auto-replied\n\nuntil Monday\n") == why);
  CHECK(refused(report(parts, "disposition-notification")) == why);
  std::string mixed = report(parts);
  CHECK(refused(mixed.replace(mixed.find("/report"), 7, "/mixed")) == why);
  CHECK(refused(report(returned(id + "@example.org"))) == "a report without a status");
}

TEST_CASE("a report has a largest size, and parts in parts do not matter") {
  std::string mail = report(status(failed) + returned(id + "@example.org"));
  mail.resize(limits::bounce_bytes_max, '\n');
  CHECK(read_bounce_report(mail).has_value());
  mail += '\n';
  CHECK(read_bounce_report(mail).error().code == ErrorCode::too_large);
  std::string deep;
  for (int i = 0; i < 50'000; ++i) deep += "Content-Type: message/rfc822\n\n";
  CHECK(refused(deep) == "no delivery status notification");
}
