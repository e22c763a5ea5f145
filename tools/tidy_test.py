"""tools/tidy finds a planted trouble of each kind, and leaves good files alone."""

import subprocess
import tempfile
import unittest
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader
from pathlib import Path

LOADER = SourceFileLoader("tidy", str(Path(__file__).with_name("tidy")))
tidy = module_from_spec(spec_from_loader("tidy", LOADER))
LOADER.exec_module(tidy)

# The words are put together here, so that tools/tidy does not find them in this file.
HOST = "registry.npm" + "js.org"
LATER = "TO" + "DO"


def cpp_function(lines):
    """A function of so many lines, in a class in a namespace, with braces in texts."""
    body = '  f("}{");  // {\n' * (lines - 2)
    begin = "namespace a {\nclass B : C<int> {\n  int run(int x = 1) const {\n"
    return begin + body + "  }\n};\n}\n"


class Tidy(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = Path(folder.name)
        subprocess.run(["git", "init", "-q", self.root], check=True)

    def write(self, name, text):
        file = self.root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")

    def assert_found(self, name, text, what, line=0):
        self.write("README.md", f"'{name}' is mentioned")
        self.write(name, text)
        troubles = tidy.check(self.root)
        self.assertEqual(len(troubles), 1, troubles)
        self.assertTrue(troubles[0].startswith(f"{name}:{line}: "), troubles)
        self.assertIn(what, troubles[0])

    def assert_good(self, name, text):
        self.write("README.md", f"'{name}' is mentioned")
        self.write(name, text)
        self.assertEqual(tidy.check(self.root), [])

    def test_files_of_500_lines_pass_and_501_do_not(self):
        self.assert_good("a.py", "x = 1\n" * 500)
        self.assert_found("a.py", "x = 1\n" * 501, "501 lines")

    def test_lines_of_100_columns_pass_and_101_do_not(self):
        for name in ("a.ts", "a.sh", "a.svelte", "a.mjs"):
            self.assert_good(name, "x" * 100 + "\n")
            self.assert_found(name, "\n" + "x" * 101, "101 columns", line=2)
            (self.root / name).unlink()

    def test_a_program_without_suffix_is_a_source_too(self):
        self.assert_found("tool", "#!/usr/bin/env bash\n" + "x" * 101, "columns", line=2)

    def test_cpp_functions_of_70_lines_pass_and_71_do_not(self):
        self.assert_good("a_test.cpp", cpp_function(70))
        self.assert_found("a_test.cpp", cpp_function(71), "function of 71 lines", line=3)

    def test_a_class_template_is_searched_and_its_length_is_free(self):
        long = "template <class T = V<int>>\nstruct A final : B<T> {\n" + "int a;\n" * 80
        self.assert_good("a_test.cpp", long + "};\n")
        self.assert_found("a_test.cpp", long + "void f() {\n" + "g();\n" * 70 + "}\n};\n",
                          "function of 72 lines", line=83)

    def test_the_body_after_a_list_of_braces_is_found(self):
        self.assert_found("a_test.cpp", "A::A() : a_{1}, b_{2} {\n" + "g();\n" * 70 + "}\n",
                          "function of 72 lines", line=1)

    def test_test_cases_count_as_functions(self):
        self.assert_found("a_test.cpp", 'TEST_CASE("a") {\n' + "g();\n" * 70 + "}\n", "function",
                          line=1)

    def test_python_and_shell_functions_are_measured(self):
        self.assert_found("a.py", "def f():\n" + "    x = 1\n" * 70, "function of 71", line=1)
        (self.root / "a.py").unlink()
        self.assert_found("a.sh", "f() {\n" + "  x\n" * 69 + "}\n", "function of 71", line=1)

    def test_unfinished_words_are_found(self):
        for text in ("// FIX" "ME soon", f"// {LATER}: soon", f"// {LATER}(now): it",
                     f"// {LATER}(later)", "// not " "implemented", "#define MAX(a) a"):
            self.assert_found("a_test.cpp", text, "'", line=1)

    def test_the_three_kinds_of_later_pass(self):
        for kind in ("security", "perf", "later"):
            self.assert_good("a_test.cpp", f"// {LATER}({kind}): a reason.\n")

    def test_debug_prints_and_stops_are_found(self):
        self.assert_found("a_test.cpp", "std::co" "ut << 1;\n", "terminal", line=1)
        (self.root / "a_test.cpp").unlink()
        self.assert_found("a.test.ts", "\n  de" "bugger;\n", "debug", line=2)

    def test_registry_hosts_are_found_in_any_file(self):
        for name in ("package-lock.json", ".npmrc", "Dockerfile"):
            self.assert_found(name, f"https://{HOST}/x", "registry host", line=1)
            (self.root / name).unlink()

    def test_paths_of_one_machine_are_found(self):
        for path in ("/ro" "ot/x", "cd /wo" "rk/x", "/ho" "me/ann", "../sha" "red/x"):
            self.assert_found("a.md", path, "one machine", line=1)
        self.assert_good("a.md", "https://example.org/ho" "me/x web/ro" "ot/\n")

    def test_drawer_folders_are_found(self):
        for name in ("src/utils/a_test.cpp", "web/portal/src/common/a.ts", "src/core/a_test.cpp"):
            self.assert_found(name, "", "name what is in it")
            (self.root / name).unlink()
        self.assert_good("web/core/a.ts", "")

    def test_dead_files_are_found(self):
        self.write("src/a/b.cpp", '#include "a/b.h"\n')
        self.write("src/a/b.h", "")
        self.write("src/a/b_test.cpp", '#include "a/b.h"\n')
        self.write("src/a/alone.cpp", "")
        self.write("web/ui/a.ts", "")
        found = [trouble.split(":")[0] for trouble in tidy.check(self.root)]
        self.assertEqual(found, ["src/a/alone.cpp", "src/a/b.cpp", "src/a/b.h", "web/ui/a.ts"])

    def test_a_file_that_another_mentions_is_not_dead(self):
        self.write("src/a/b.h", "")
        self.write("src/a/main.cpp", '#include "a/b.h"\n')
        self.write("docs/page.md", "")
        self.write("README.md", "see docs/page.md")
        self.assertEqual(tidy.check(self.root), [])


if __name__ == "__main__":
    unittest.main()
