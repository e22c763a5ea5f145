#include "cli/terminal.h"

#include <doctest/doctest.h>

using namespace couvert;

TEST_CASE("foreign text cannot move, colour or mirror what a terminal shows") {
  CHECK(printable("Änne 🎉 <ann@example.org>") == "Änne 🎉 <ann@example.org>");
  CHECK(printable("a\x1b[31mb") == "a?[31mb");
  CHECK(printable("a\rb\nc\x7f") == "a?b?c?");
  CHECK(printable("a\u009bb") == "a?b");
  CHECK(printable("\u202etxt.exe") == "?txt.exe");
  CHECK(printable("\u2028\u2066") == "??");
  CHECK(printable("lat\xe4in") == "lat?in");
}
