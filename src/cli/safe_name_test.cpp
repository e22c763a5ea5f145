#include "cli/safe_name.h"

#include <doctest/doctest.h>

using namespace couvert;

TEST_CASE("ordinary names stay as they are, however awkward") {
  for (const char* name :
       {"a b", "ü.txt", "🎉.bin", "quote\"s", "star*?", "-rf", ".hidden", "semi;colon", "$(id)",
        "trail. ", "...", "concert.txt", "com10", "a:b", "שלום.txt"}) {
    CHECK(safe_name(name) == name);
  }
}

TEST_CASE("names that lead elsewhere, name a device or hide their nature are made safe") {
  CHECK(safe_name("..") == "_..");
  CHECK(safe_name(".") == "_.");
  CHECK(safe_name("") == "_");
  CHECK(safe_name("a/b") == "a_b");
  CHECK(safe_name("..\\x") == ".._x");
  CHECK(safe_name("CON") == "_CON");
  CHECK(safe_name("Aux.txt") == "_Aux.txt");
  CHECK(safe_name("nul .x") == "_nul .x");
  CHECK(safe_name("com1") == "_com1");
  CHECK(safe_name("LPT9.pdf") == "_LPT9.pdf");
  CHECK(safe_name("a\x1b[2J\n\x7f") == "a_[2J__");
  CHECK(safe_name("a\u0085\u009f") == "a__");
  CHECK(safe_name("\u202efdp.exe") == "_fdp.exe");
  CHECK(safe_name("\u2066x\u2069") == "_x_");
  CHECK(safe_name("שלום\u200f.txt") == "שלום_.txt");
  CHECK(safe_name("com\u00b9.txt") == "_com\u00b9.txt");
}

TEST_CASE("a long name is cut before its ending, never within a character") {
  CHECK(safe_name(std::string(255, 'a')) == std::string(255, 'a'));
  const std::string cut = safe_name(std::string(300, 'a') + ".pdf");
  CHECK(cut.size() <= 255);
  CHECK(cut.ends_with("a.pdf"));
  std::string umlauts;
  for (int i = 0; i < 200; ++i) umlauts += "ü";
  const std::string whole = safe_name("x" + umlauts + ".txt");
  CHECK(whole.size() <= 255);
  CHECK(whole.ends_with("ü.txt"));
}

TEST_CASE("folders are kept, and nothing leads out of them") {
  NamePlan plan(FolderWas::empty);
  CHECK(plan.place("sub/deep/x") == "sub/deep/x");
  CHECK(plan.place("sub/y") == "sub/y");
  CHECK(plan.place("../../evil") == "_../_../evil");
  CHECK(plan.place("/etc/passwd") == "etc/passwd");
  CHECK(plan.place("a//./b") == "a/b");
  CHECK(plan.place("/") == "_");
  CHECK(plan.top() == std::set<std::string>{"sub", "_..", "etc", "a", "_"});
}

TEST_CASE("no two files get the same place, whatever they are called") {
  NamePlan plan(FolderWas::empty);
  CHECK(plan.place("a") == "a");
  CHECK(plan.place("a") == "a (2)");
  CHECK(plan.place("a/b") == "a (3)/b");
  CHECK(plan.place("a/c") == "a (3)/c");
  CHECK(plan.place("a/b") == "a (3)/b (2)");
  CHECK(plan.place("x.txt") == "x.txt");
  CHECK(plan.place("x.txt") == "x (2).txt");
  CHECK(plan.place("f/g") == "f/g");
  CHECK(plan.place("f") == "f (2)");
  CHECK(plan.place("..") == "_..");
  CHECK(plan.place("..") == "_.. (2)");
  const std::string longest(255, 'l');
  CHECK(plan.place(longest) == longest);
  CHECK(plan.place(longest).size() <= 255);
}

TEST_CASE("in a folder in use nothing sent becomes a setting of this machine") {
  NamePlan plan(FolderWas::in_use);
  CHECK(plan.place(".bashrc") == "_.bashrc");
  CHECK(plan.place(".ssh/config") == "_.ssh/config");
  CHECK(plan.place("sub/.hidden") == "sub/.hidden");
  CHECK(plan.place("." + std::string(254, 'a')).size() <= 255);
}
