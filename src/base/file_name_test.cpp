#include "base/file_name.h"

#include <doctest/doctest.h>

#include <string>

using namespace couvert;

TEST_CASE("signs that are hidden or turn the writing are known, each to its last byte") {
  for (const char* sign : {"\x1f", "\x7f", "\u0080", "\u009f", "\u061c", "\u200e", "\u200f",
                           "\u2028", "\u202e", "\u2066", "\u2069"}) {
    CHECK(hidden_sign_at(std::string(sign) + "x") == std::string_view(sign).size());
  }
  for (const char* sign : {" ", "~", "\u00a0", "\u061b", "\u200d", "\u2010", "\u2027", "\u202f",
                           "\u2065", "\u206a", "\xc2", "\xe2\x80", "\x8e"}) {
    CHECK(hidden_sign_at(sign) == 0);
  }
}

TEST_CASE("what Windows takes for a device is known, and nothing like it") {
  for (const char* name : {"CON", "aux.txt", "nul .x", "Com1", "lpt9.pdf", "lpt\u00b2", "conin$"}) {
    CHECK(is_device_name(name));
  }
  for (const char* name : {"", "console", "com", "com10", "xcon", "a.con", "com\u00b4"}) {
    CHECK_FALSE(is_device_name(name));
  }
}

TEST_CASE("an ending is kept where it is one, and no character is cut in two") {
  CHECK(ending_at("a.tar.gz") == 5);
  CHECK(ending_at(".profile") == 8);
  CHECK(ending_at("a.") == 2);
  CHECK(ending_at("a." + std::string(19, 'x')) == 1);
  CHECK(ending_at("a." + std::string(20, 'x')) == 22);
  CHECK(cut_text("a\u00fc", 2) == "a");
  CHECK(cut_text("a\u00fc", 3) == "a\u00fc");
  CHECK(cut_text("\U0001F9B7", 3).empty());
}
