// Reports as mail servers write them, after RFC 3464, 6522 and 6533.
#include <doctest/doctest.h>

#include "base/limits.h"
#include "mail/bounce_report.h"

using namespace couvert;

namespace {

const std::string returned_id = "qwertyuiopasdfghjklzxcvbna";

// The mail that is given back.
const std::string returned_mail =
    "Received: from transfer.example.org by mail.example.org; Thu, 26 Nov 2026 10:00:00 +0000\n"
    "From: =?UTF-8?B?w4RyenRla2FtbWVy?= <transfer@example.org>\nTo: lab@example.com\n"
    "Subject: x\nMessage-Id:\n <" +
    returned_id +
    "@example.org>\nMIME-Version: 1.0\nContent-Type: multipart/alternative; boundary=\"=_" +
    returned_id + "\"\n\n--=_" + returned_id +
    "\nContent-Type: text/plain; charset=utf-8\n\nGuten Tag\n--=_" + returned_id + "--\n";

struct Shape {
  std::string head = "multipart/report; report-type=delivery-status; boundary=\"b1/mail\"";
  std::string words = "Content-Type: text/plain; charset=us-ascii\n\nThis is the mail system.\n";
  std::string status;
  std::string back = "Content-Type: message/rfc822\n\n" + returned_mail;
};

std::string shape_text(const Shape& shape) {
  const auto part = [](const std::string& text) { return "--b1/mail\n" + text + "\n"; };
  return "Return-Path: <>\nFrom: MAILER-DAEMON@mail.example.com (Mail Delivery System)\n"
         "Subject: Undelivered Mail Returned to Sender\nAuto-Submitted: auto-replied\n"
         "MIME-Version: 1.0\nContent-Type: " +
         shape.head + "\n\nThis is a MIME-encapsulated message.\n\n" + part(shape.words) +
         part("Content-Description: Delivery report\nContent-Type: " + shape.status) +
         part(shape.back) + "--b1/mail--\n";
}

std::string shape_answer(const Shape& shape) {
  const Result<BounceReport> read = read_bounce_report(shape_text(shape));
  CAPTURE(shape.status);
  if (!read) return "refused: " + read.error().detail;
  CHECK(read->mail_id.text() == returned_id);
  return read->answer;
}

std::string shape_status(const std::string& groups) {
  return "message/delivery-status\n\n" + groups;
}

const std::string postfix_group =
    "Reporting-MTA: dns; mail.example.org\nX-Postfix-Queue-ID: 4XyZ12\n"
    "X-Postfix-Sender: rfc822; transfer@example.org\n"
    "Arrival-Date: Thu, 26 Nov 2026 10:00:00 +0000 (UTC)\n\n";

}  // namespace

TEST_CASE("a report of Postfix is read, of its own finding and of another server's") {
  CHECK(shape_answer(
            {.status = shape_status(
                 postfix_group +
                 "Final-Recipient: rfc822; lab@example.com\n"
                 "Original-Recipient: rfc822;lab@example.com\nAction: failed\n"
                 "Status: 5.1.1\nRemote-MTA: dns; mx.example.com\nDiagnostic-Code: smtp; 550 "
                 "5.1.1 <lab@example.com>: Recipient address\n    rejected: unknown\n")}) ==
        "550 5.1.1 <lab@example.com>: Recipient address rejected: unknown");
  CHECK(shape_answer(
            {.status = shape_status(postfix_group +
                                    "Final-Recipient: rfc822; lab@example.com\nAction: failed\n"
                                    "Status: 4.4.1\nDiagnostic-Code: X-Postfix; connect to "
                                    "mx.example.com[192.0.2.1]:25: timed out\n")}) ==
        "connect to mx.example.com[192.0.2.1]:25: timed out");
}

TEST_CASE("a report of Exchange is read: HTML and pictures before it, its own words in it") {
  Shape shape;
  shape.head =
      "multipart/report; report-type=delivery-status;\n\tboundary=\"b1/mail\"; charset=utf-8";
  shape.words =
      "Content-Type: multipart/alternative; differences=Content-Type;\n\tboundary=\"b2\"\n\n--b2\n"
      "Content-Type: text/plain\n\nDelivery has failed\n--b2\nContent-Type: text/html\n"
      "Content-Transfer-Encoding: quoted-printable\n\n<b>Delivery=20has failed</b>\n--b2--\n";
  shape.status = shape_status(
      "Reporting-MTA: dns;EX01.example.com\nReceived-From-MTA: dns;mail.example.org\n"
      "Arrival-Date: Thu, 26 Nov 2026 10:00:00 +0000\n\n"
      "Original-Recipient: rfc822;lab@example.com\nFinal-Recipient: rfc822;lab@example.com\n"
      "Action: failed\nStatus: 5.1.10\nDiagnostic-Code: smtp;550 5.1.10 "
      "RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup\n"
      "X-Display-Name: Lab\n");
  CHECK(shape_answer(shape) ==
        "550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup");
}

TEST_CASE("a report of Gmail is read: a reason of several lines, a related part before it") {
  Shape shape;
  shape.head = "multipart/report; boundary=\"b1/mail\"; report-type=delivery-status";
  shape.words =
      "Content-Type: multipart/related; boundary=\"b2\"\n\n--b2\nContent-Type: "
      "multipart/alternative; boundary=\"b3\"\n\n--b3\nContent-Type: text/plain; "
      "charset=\"UTF-8\"\n"
      "\nAddress not found\n--b3--\n--b2\nContent-Type: image/png; name=\"icon.png\"\n"
      "Content-Transfer-Encoding: base64\nContent-ID: <icon.png>\n\niVBORw0KGgo=\n--b2--\n";
  shape.status = shape_status(
      "Reporting-MTA: dns; mail.example.com\nReceived-From-MTA: dns; transfer@example.org\n"
      "Arrival-Date: Thu, 26 Nov 2026 02:00:00 -0800 (PST)\n"
      "X-Original-Message-ID: <" +
      returned_id +
      "@example.org>\n\nFinal-Recipient: rfc822; lab@example.com\nAction: failed\nStatus: 5.1.1\n"
      "Remote-MTA: dns; mx.example.com. (192.0.2.1, the server for the domain example.com.)\n"
      "Diagnostic-Code: smtp; 550-5.1.1 The account does not exist. Please try\n 550-5.1.1 "
      "double-checking the address.\n 550 5.1.1 see https://example.com/help - gsmtp\n"
      "Last-Attempt-Date: Thu, 26 Nov 2026 02:00:00 -0800 (PST)\n");
  CHECK(shape_answer(shape) ==
        "550-5.1.1 The account does not exist. Please try 550-5.1.1 double-checking the address. "
        "550 5.1.1 see https://example.com/help - gsmtp");
}

TEST_CASE("fields of a recipient may come in any order, with comments, in any case") {
  CHECK(shape_answer(
            {.status = shape_status("Reporting-MTA: dns; a.example\n\nDiagnostic-Code: smtp; "
                                    "550 no\nStatus: 5.1.1\nAction: failed\n")}) == "550 no");
  CHECK(shape_answer(
            {.status = shape_status("Reporting-MTA: dns; a.example\n\nSTATUS: 5.1.1 (unknown)\n"
                                    "ACTION: Failed (no such mailbox)\n")}) == "5.1.1 (unknown)");
  CHECK(shape_answer({.status = shape_status(
                          "Action: failed\nDiagnostic-Code: SMTP (relay); 550 no\n")}) == "550 no");
  CHECK(shape_answer(
            {.status = shape_status("Action: failed\nDiagnostic-Code: 550 no; ask them\n")}) ==
        "550 no; ask them");
  // A word of the report itself is not one of its recipient.
  CHECK(shape_answer(
            {.status = shape_status("Reporting-MTA: dns; a.example\nDiagnostic-Code: smtp; x\n\n"
                                    "Action: failed\nStatus: 5.0.0\n")}) == "5.0.0");
}

TEST_CASE("what waits, what has arrived and what has reached somebody has not come back") {
  const std::string group = "Final-Recipient: rfc822; lab@example.com\n";
  const std::string lost = group + "Action: failed\nStatus: 5.1.1\n\n";
  for (const char* other :
       {"Action: delayed\nStatus: 4.4.1\nWill-Retry-Until: Tue, 1 Dec 2026 10:00:00 +0000\n",
        "Action: delivered\nStatus: 2.0.0\n", "Action: relayed (to mx.example.com)\n",
        "Action: expanded\n", "Action: (failed)\n", "Action: failed-not\n"}) {
    for (const std::string& groups :
         {group + other, lost + group + other, group + other + "\n" + lost}) {
      CHECK(shape_answer({.status = shape_status(postfix_group + groups)}) ==
            "refused: nothing has failed for good");
    }
  }
  CHECK(shape_answer({.status = shape_status(
                          postfix_group + lost + group +
                          "Action: failed\nDiagnostic-Code: smtp; 550 second\n")}) == "5.1.1");
}

TEST_CASE("reports of addresses outside ASCII are read (RFC 6533)") {
  Shape shape;
  shape.status = "message/global-delivery-status\nContent-Transfer-Encoding: 8bit\n\n" +
                 postfix_group +
                 "Final-Recipient: utf-8; b\u00fcro@example.com\nOriginal-Recipient: utf-8; "
                 "b\\x{FC}ro@example.com\nAction: failed\nStatus: 5.6.7\n"
                 "Diagnostic-Code: smtp; 553 5.6.7 <b\u00fcro@example.com>: no such mailbox\n";
  const std::string why = "553 5.6.7 <b\u00fcro@example.com>: no such mailbox";
  std::string global = returned_mail;
  global.replace(global.find("lab@"), 3, "b\u00fcro");
  const std::string head = global.substr(0, global.find("\n\n") + 1);
  for (const std::string& back :
       {"Content-Type: message/global\nContent-Transfer-Encoding: 8bit\n\n" + global,
        "Content-Type: message/global-headers\nContent-Transfer-Encoding: 8bit\n\n" + head,
        "Content-Type: message/global-headers\nContent-Transfer-Encoding: base64\n\n" +
            encode_base64(as_bytes(head)) + "\n",
        "Content-Type: message/rfc822-headers\n\n" + head,
        "Content-Type: text/rfc822-headers; charset=utf-8\n\n" + head}) {
    shape.back = back;
    CAPTURE(back);
    CHECK(shape_answer(shape) == why);
  }
  shape.status =
      "message/global-delivery-status\nContent-Transfer-Encoding: quoted-printable\n\n"
      "Reporting-MTA: dns; a.example\n\nAction: failed\nDiagnostic-Code: smtp; 553 b=C3=BCro\n";
  CHECK(shape_answer(shape) == "553 b\u00fcro");
}

TEST_CASE("a report that was cut off, or that leaves out what the parts say anyway, is read") {
  Shape shape;
  shape.status = shape_status(postfix_group + "Action: failed\nStatus: 5.3.4\n");
  shape.back = "Content-Type: message/rfc822\n\n" + returned_mail + std::string(1'000'000, 'x');
  const std::string whole = shape_text(shape);
  const Result<BounceReport> cut = read_bounce_report(whole.substr(0, 1'000'000));
  REQUIRE(cut.has_value());
  CHECK(cut->mail_id.text() == returned_id);
  CHECK(cut->answer == "5.3.4");
  const std::size_t before = whole.find("Message-Id:");
  CHECK(read_bounce_report(whole.substr(0, before)).error().detail ==
        "a report about no mail of this server");
  shape.back = "Content-Type: message/rfc822\n\n" + returned_mail;
  shape.head = "multipart/report; boundary=\"b1/mail\"";
  CHECK(shape_answer(shape) == "5.3.4");
}

TEST_CASE("a mail inside of the mail that came back is not it") {
  Shape shape;
  shape.status = shape_status(postfix_group + "Action: failed\nStatus: 5.1.1\n");
  shape.back =
      "Content-Type: message/rfc822\n\nFrom: ann@example.net\nMessage-Id: <1@example.net>\n"
      "Content-Type: message/rfc822\n\n" +
      returned_mail;
  CHECK(shape_answer(shape) == "refused: a report about no mail of this server");
}
