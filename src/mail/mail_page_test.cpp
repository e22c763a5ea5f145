#include "mail/mail_page.h"

#include <doctest/doctest.h>

using namespace couvert;

TEST_CASE("every block escapes what it is given, in plain text nothing is escaped") {
  const std::string bad = "<i>&\"'";
  MailPage page("en", bad, bad);
  page.paragraph(bad);
  page.remark(bad);
  page.section(bad);
  page.button(bad, "https://example.org/?a=1&b=2", ButtonKind::main);
  page.code(bad);
  page.notice(bad);
  page.list({bad}, ListKind::numbered);
  page.rows({{bad, bad}}, RowsKind::long_values);
  page.quote(bad);
  page.link("https://example.org/?a=1&b=2");
  const std::string html = page.html(bad);
  CHECK(html.find("<i>") == std::string::npos);
  CHECK(html.find("&\"'") == std::string::npos);
  CHECK(html.find("href=\"https://example.org/?a=1&amp;b=2\"") != std::string::npos);
  CHECK(html.find("?a=1&b=2") == std::string::npos);
  const std::string text = page.text(bad);
  CHECK(text.find("&lt;") == std::string::npos);
  CHECK(text.find("\nhttps://example.org/?a=1&b=2\n") != std::string::npos);
}

TEST_CASE("lists hang, quotes are marked line by line, sections are underlined") {
  MailPage page("en", "Org", "Heading");
  page.section("Title");
  page.list({std::string(40, 'x') + " " + std::string(40, 'y'), ""}, ListKind::numbered);
  page.quote("a\nb");
  CHECK(page.text("Last.") == "Heading\n\nTitle\n-----\n\n1. " + std::string(40, 'x') + "\n   " +
                                  std::string(40, 'y') + "\n2.\n\n> a\n> b\n\n-- \nLast.\n");
}
