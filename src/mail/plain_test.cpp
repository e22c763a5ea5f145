#include "mail/plain.h"

#include <doctest/doctest.h>

using namespace couvert;

TEST_CASE("a name becomes one line without controls, blanks collapsed") {
  CHECK(one_line("  Anna \t\r\n  M\u00fcller\n") == "Anna M\u00fcller");
  CHECK(one_line("a\r\nBcc: b@example.org") == "a Bcc: b@example.org");
  CHECK(one_line(std::string_view("a\0b\x7f\x1b[31mc", 10)) == "ab[31mc");
  CHECK(one_line("a\u2028b\u2029c\u0085d\u00a0e") == "a b c d e");
  CHECK(one_line("") == "");
}

TEST_CASE("no invisible character and nothing that turns the writing stays in a name") {
  CHECK(one_line("gpj.\u202eexe.fdp") == "gpj.exe.fdp");
  CHECK(one_line("a\u200bb\u200cc\u200dd\u2060e\ufefff\u00adg\u061ch\u2066i\u2069") == "abcdefghi");
  CHECK(one_line("a\u115f\u3164\uffa0\u2800\u034fb") == "ab");
  CHECK(one_line("x\U000E0041\U000E007Fy") == "xy");
}

TEST_CASE("letters of every script and emoji stay in a name") {
  const std::string_view name = "\u4f60\u597d \u05e9\u05dc\u05d5\u05dd \u2764\ufe0f \U0001F600";
  CHECK(one_line(name) == name);
}

TEST_CASE("broken UTF-8 is replaced, never passed on") {
  CHECK(one_line("a\xff"
                 "b\xc3") == "a\ufffdb\ufffd");
  CHECK(many_lines("\xed\xa0\x80") == "\ufffd\ufffd\ufffd");
}

TEST_CASE("a text of many lines keeps its lines and joiners, and loses the rest") {
  CHECK(many_lines("a\r\nb\rc\nd\u2028e") == "a\nb\nc\nd\ne");
  CHECK(many_lines("a\tb") == "a    b");
  CHECK(many_lines("\U0001F468\u200d\U0001F469 \u200c x\u202ey\u200fz\u2067") ==
        "\U0001F468\u200d\U0001F469 \u200c xyz");
}

TEST_CASE("nothing in a text looks like a link to a mail program") {
  CHECK(without_links("www.evil.example") == "www.\u200cevil.\u200cexample");
  CHECK(without_links("https://1.2.3.4/x") == "https:\u200c//1.2.3.4/x");
  CHECK(without_links("a@b") == "a@\u200cb");
  CHECK(without_links("www.4chan.org") == "www.\u200c4chan.\u200corg");
  CHECK(without_links("file:///x \\\\host\\share") == "file:\u200c///x \\\u200c\\host\\share");
  CHECK(without_links("evil\u3002example") == "evil\u3002\u200cexample");
}

TEST_CASE("ordinary writing is left as it is") {
  for (const std::string_view text :
       {"Am 22.11.2026 um 12:30, Seite 3.5.", "Hello. How are you? e. g. this...", "1/2: a & b"}) {
    CHECK(without_links(text) == text);
  }
}

TEST_CASE("a long name keeps its beginning and its end") {
  CHECK(shortened("abc", 3) == "abc");
  CHECK(shortened("abcdefghij.pdf", 9) == "abcde\u2026pdf");
  CHECK(shortened("\u00e4\u00f6\u00fc\u00e4\u00f6\u00fc", 4) == "\u00e4\u00f6\u2026\u00fc");
}

TEST_CASE("markup is escaped in content and attributes") {
  CHECK(escape_html("<a href=\"x\">&'") == "&lt;a href=&quot;x&quot;&gt;&amp;&#39;");
  CHECK(escape_html_lines("a\n<b>") == "a<br>\n&lt;b&gt;");
}

TEST_CASE("lines break at 78 columns, and one past it goes to the next") {
  const std::string word(39, 'x');
  CHECK(wrapped(word + " " + word.substr(1)) == word + " " + word.substr(1) + "\n");
  CHECK(wrapped(word + " " + word) == word + "\n" + word + "\n");
  CHECK(wrapped(std::string(80, 'x')) == std::string(78, 'x') + "\nxx\n");
}

TEST_CASE("a link is never broken, a prefix begins every line") {
  const std::string link = "https://example.org/" + std::string(100, 'x');
  CHECK(wrapped(link) == link + "\n");
  CHECK(wrapped("see " + link + " now") == "see\n" + link + "\nnow\n");
  CHECK(wrapped("a\n\nb", "> ") == "> a\n>\n> b\n");
  CHECK(wrapped(std::string(90, 'x'), "> ") ==
        "> " + std::string(76, 'x') + "\n> " + std::string(14, 'x') + "\n");
}

TEST_CASE("a telephone number that is nothing else can be dialled") {
  CHECK(phone_link("+49 261 123456-78") == "tel:+4926112345678");
  CHECK(phone_link(" +31000000000 ") == "tel:+31000000000");
  CHECK(phone_link("0261/12.34\u00a056") == "tel:0261123456");
  CHECK(phone_link("(0261) 123456") == "tel:0261123456");
  CHECK(phone_link("12345") == "tel:12345");
  CHECK(phone_link("123456789012345") == "tel:123456789012345");
  for (const std::string text : {"",
                                 "1234",
                                 "1234567890123456",
                                 "+",
                                 "+49 (0)261 123456",
                                 "++49261123",
                                 "49+261123456",
                                 "0261 123456 ext. 7",
                                 "0261 123456;ext=7",
                                 "0261123456,,1",
                                 "*#06#12345",
                                 "0261)123(456",
                                 "((0261)) 123456",
                                 "(0261 123456",
                                 "tel:0261123456",
                                 "0261123456\" onclick=\"x",
                                 "<b>012345",
                                 "javascript:alert(12345)",
                                 "\u0661\u0662\u0663\u0664\u0665\u0666",
                                 "0261 123456 Anna"}) {
    CAPTURE(text);
    CHECK(phone_link(text).empty());
  }
}

TEST_CASE("an address is never cut, and what draws nothing takes no room") {
  const std::string address = std::string(64, 'a') + "@" + std::string(30, 'b') + ".example.org";
  CHECK(wrapped(address + ": not opened") == address + ":\nnot opened\n");
  const std::string broken = without_links("a@" + std::string(100, 'b'));
  CHECK(wrapped(broken).find('\n') < broken.size());
  const std::string name = std::string(70, 'x') + ".tar.gz";
  CHECK(wrapped(without_links(name)) == without_links(name) + "\n");
}
