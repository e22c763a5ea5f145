#include "mail/mail_page.h"

#include <doctest/doctest.h>

using namespace couvert;

TEST_CASE("every block escapes what it is given, in plain text nothing is escaped") {
  const std::string bad = "<i>&\"'";
  MailPage page({"en", bad}, bad);
  page.paragraph(bad);
  page.remark(bad);
  page.section(bad);
  page.button(bad, "https://example.org/?a=1&b=2", ButtonKind::main);
  page.code(bad);
  page.notice(bad);
  page.list({bad}, ListKind::numbered);
  page.rows({{bad, bad}, {bad, bad, "tel:+49\""}}, RowsKind::long_values);
  page.quote(bad);
  page.link_to_copy(bad, "https://example.org/?a=1&b=2");
  const std::string html = page.html(bad);
  CHECK(html.find("<i>") == std::string::npos);
  CHECK(html.find("&\"'") == std::string::npos);
  CHECK(html.find("href=\"https://example.org/?a=1&amp;b=2\"") != std::string::npos);
  CHECK(html.find("?a=1&b=2") == std::string::npos);
  const std::string text = page.text(bad);
  CHECK(text.find("&lt;") == std::string::npos);
  const std::size_t link = text.find("\nhttps://example.org/?a=1&b=2\n");
  REQUIRE(link != std::string::npos);
  CHECK(text.find("https://", link + 2) == std::string::npos);
}

TEST_CASE("lists hang, quotes are marked line by line, sections are underlined") {
  MailPage page({"en", "Org"}, "Heading");
  page.section("Title");
  page.list({std::string(40, 'x') + " " + std::string(40, 'y'), ""}, ListKind::numbered);
  page.quote("a\nb");
  CHECK(page.text("Last.") == "Heading\n\nTitle\n-----\n\n1. " + std::string(40, 'x') + "\n   " +
                                  std::string(40, 'y') + "\n2.\n\n> a\n> b\n\n-- \nLast.\n");
}

TEST_CASE("a section is underlined as far as it goes, whatever its letters") {
  MailPage page({"de", "Org"}, "Heading");
  page.section("Was Sie tun können");
  CHECK(page.text("Last.") ==
        "Heading\n\nWas Sie tun können\n" + std::string(18, '-') + "\n\n-- \nLast.\n");
}

TEST_CASE("no line ends behind the hyphen of an e-mail") {
  MailPage page({"de", "Org"}, "Heading");
  page.paragraph("Nie per E-Mail & <e-mail>.");
  page.notice("E-Mail");
  page.list({"per e-mail"}, ListKind::plain);
  const std::string html = page.html("Last.");
  const std::string whole = "<span style=\"white-space:nowrap\">";
  CHECK(html.find("Nie per " + whole + "E-Mail</span> &amp; &lt;" + whole + "e-mail</span>&gt;.") !=
        std::string::npos);
  CHECK(html.find(whole + "E-Mail</span></div>") != std::string::npos);
  CHECK(html.find("per " + whole + "e-mail</span></li>") != std::string::npos);
  CHECK(page.text("Last.").find("Nie per E-Mail & <e-mail>.") != std::string::npos);
}

TEST_CASE("a value leads where its link says, in plain text it is the value alone") {
  MailPage page({"en", "Org"}, "Heading");
  page.rows({{"Telephone", "+49 30 1", "tel:+49301"}, {"Other", "x"}}, RowsKind::short_values);
  const std::string html = page.html("Last.");
  CHECK(html.find("href=\"tel:+49301\"") != std::string::npos);
  CHECK(html.find(">+49 30 1</a>") != std::string::npos);
  CHECK(html.find(">x</td>") != std::string::npos);
  CHECK(page.text("Last.").find("Telephone: +49 30 1\nOther: x\n") != std::string::npos);
}
