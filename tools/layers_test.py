"""tools/layers finds a planted violation of each kind, and leaves good code alone."""

import tempfile
import unittest
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader
from pathlib import Path

LOADER = SourceFileLoader("layers", str(Path(__file__).with_name("layers")))
layers = module_from_spec(spec_from_loader("layers", LOADER))
LOADER.exec_module(layers)

TABLE = "# a table\nbase:\ncrypto: base\nstore: base crypto\nservice: base store\nhttp: service\n"


class Layers(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = Path(folder.name)
        self.write("src/layers.txt", TABLE)

    def write(self, name, text):
        file = self.root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")

    def troubles(self, name, text):
        self.write(name, text)
        return layers.check(self.root)

    def assert_found(self, name, text, what, line=1):
        troubles = self.troubles(name, text)
        self.assertEqual(len(troubles), 1, troubles)
        self.assertTrue(troubles[0].startswith(f"{name}:{line}: "), troubles)
        self.assertIn(what, troubles[0])

    def test_an_arrow_of_the_table_passes(self):
        good = '#include "store/a.h"\n\n#include <openssl_not/x.h>\n#include "base/result.h"\n'
        self.assertEqual(self.troubles("src/store/a.cpp", good), [])

    def test_an_arrow_that_the_table_lacks_is_found(self):
        self.assert_found("src/crypto/a.cpp", '#include "store/b.h"\n', "may not include store")

    def test_an_arrow_is_not_inherited(self):
        self.assert_found("src/http/a.h", '#include "store/b.h"\n', "may not include store")

    def test_an_include_without_its_folder_is_found(self):
        self.assert_found("src/store/a.cpp", '\n#include "a.h"\n', "with its folder", line=2)

    def test_a_folder_without_a_row_is_found(self):
        self.assert_found("src/drawer/a.h", "", "no row", line=0)
        self.assertEqual(len(self.troubles("src/store/a.cpp", '#include "drawer/a.h"')), 2)

    def test_a_circle_in_the_table_is_found(self):
        self.write("src/layers.txt", "a: b\nb: c\nc: a\n")
        self.assertEqual(len(layers.check(self.root)), 3)

    def test_an_arrow_to_nowhere_is_found(self):
        self.write("src/layers.txt", "a: b\n")
        self.assertIn("no row", layers.check(self.root)[0])

    def test_arrows_on_the_page_that_are_not_those_of_the_table_are_found(self):
        page = "# Parts\n<!-- src/layers.txt -->\n\n    base\n\n<!-- end -->\nmore\n"
        self.assert_found("ARCHITECTURE.md", page, "--draw", line=0)
        drawn = layers.draw(page, layers.read_table(TABLE))
        self.assertIn("    store   → base crypto\n", drawn)
        self.assertEqual(self.troubles("ARCHITECTURE.md", drawn), [])

    def test_a_crypto_library_outside_its_folder_is_found(self):
        self.assert_found("src/store/a.cpp", "#include <sodium.h>\n", "crypto only")
        self.assert_found("src/store/a.cpp", "#include <openssl/evp.h>\n", "crypto")

    def test_sql_outside_the_store_is_found(self):
        self.assert_found("src/service/a.cpp", "#include <soci/soci.h>\n", "store only")

    def test_coroutines_in_plain_folders_are_found(self):
        self.assert_found("src/service/a.cpp", "#include <boost/asio/awaitable.hpp>\n", "only")

    def test_an_opened_secret_is_found_outside_crypto(self):
        self.assert_found("src/store/a.cpp", "\nauto b = key.expose();\n", "crypto", line=2)
        self.assertEqual(self.troubles("src/store/a.cpp", "// key.expose() is not for us\n"), [])
        self.assertEqual(self.troubles("src/crypto/a.cpp", "auto b = key.expose();\n"), [])

    def test_time_and_randomness_of_the_machine_are_found(self):
        for call in ("std::chrono::system_clock::now()", "time(nullptr)", "std::random_device r",
                     "rand()", "SystemClock clock", "getrandom(p, 1, 0)"):
            self.assert_found("src/service/a.cpp", f"auto x = 1; {call};\n", "asks nobody")
        self.assertEqual(self.troubles("src/service/a.cpp", "auto t = clock.now();\n"), [])
        self.assertEqual(self.troubles("src/service/a_test.cpp", "SystemRandom random;\n"), [])

    def test_braces_and_lambdas_after_co_await_are_found(self):
        for awaited in ("f({.a = 1})", "f(Opts{p, 1})", "Opts{1}", "f([p] { return p; })",
                        "f(a,\n  {1, 2})"):
            troubles = self.troubles("src/http/a.cpp", f"auto x = co_await {awaited};\n")
            self.assertEqual(len(troubles), 1, awaited)
            self.assertIn("names only", troubles[0])

    def test_names_after_co_await_pass(self):
        good = ("if (auto x = co_await f(a[1], std::move(b)); !x) { return; }\n"
                'while (co_await g("{", \'{\')) {\n}\n// co_await f({})\nco_await h(); { }\n')
        self.assertEqual(self.troubles("src/http/a.cpp", good), [])


if __name__ == "__main__":
    unittest.main()
