"""tools/threats finds a goal that nothing shows, and tests that are not there."""

import tempfile
import unittest
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader
from pathlib import Path

LOADER = SourceFileLoader("threats", str(Path(__file__).with_name("threats")))
threats = module_from_spec(spec_from_loader("threats", LOADER))
LOADER.exec_module(threats)

GOALS = "| P1 | A1: read |\n| P2 | A2: write |\n\n"


class Threats(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = Path(folder.name)
        (self.root / "docs").mkdir()
        (self.root / "a_test.cpp").write_text('TEST_CASE("nobody reads") {}\n"nobody writes"',
                                              encoding="utf-8")

    def troubles(self, items):
        (self.root / "docs/threat-model.md").write_text(GOALS + items, encoding="utf-8")
        return list(threats.troubles(self.root))

    def test_goals_with_tests_that_are_there_pass(self):
        self.assertEqual(self.troubles('- P1 `a_test.cpp` "nobody\n  reads"\n'
                                       '- P2 `a_test.cpp` "nobody reads", "nobody writes"\n'), [])

    def test_a_goal_that_nothing_shows_is_found(self):
        self.assertEqual(self.troubles('- P1 `a_test.cpp` "nobody reads"\n'),
                         ["P2: nothing shows it"])

    def test_a_test_or_file_that_is_gone_is_found(self):
        found = self.troubles('- P1 `a_test.cpp` "nobody looks"\n- P2 `b_test.cpp` "nobody"\n')
        self.assertEqual(found, ['P1: "nobody looks" is not in a_test.cpp',
                                 "P2: b_test.cpp is not there"])

    def test_an_item_without_a_test_or_of_no_goal_is_found(self):
        found = self.troubles('- P1 `a_test.cpp`\n- P2 "nobody reads"\n'
                              '- P3 `a_test.cpp` "nobody reads"\n')
        self.assertEqual(found, ["P1: an item without a test's name",
                                 'P2: "nobody reads" stands before any file', "P3: no such goal"])

    def test_the_project_s_own_model_is_true(self):
        self.assertEqual(list(threats.troubles(Path(__file__).parent.parent)), [])


if __name__ == "__main__":
    unittest.main()
