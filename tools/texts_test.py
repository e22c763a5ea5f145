"""tools/texts finds a planted trouble of each kind, and leaves good catalogues alone."""

import json
import tempfile
import unittest
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader
from pathlib import Path

LOADER = SourceFileLoader("texts", str(Path(__file__).with_name("texts")))
texts = module_from_spec(spec_from_loader("texts", LOADER))
LOADER.exec_module(texts)


class Texts(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = Path(folder.name)
        self.source("src/mail/a.cpp", 'text("a")')

    def source(self, name, text):
        file = self.root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")

    def troubles(self, english, german, dutch=None):
        for language, catalogue in (("en", english), ("de", german), ("nl", dutch or english)):
            self.source(f"locales/{language}.json", json.dumps(catalogue))
        return texts.check(self.root)

    def assert_found(self, english, german, what):
        troubles = self.troubles(english, german)
        self.assertEqual(len(troubles), 1, troubles)
        self.assertIn(what, troubles[0])

    def test_the_same_keys_with_the_same_arguments_pass(self):
        one = {"a": "{name} sent {count, plural, =0 {none} one {# file} other {# files}}, it''s"}
        two = {"a": "{count, plural, one {eine Datei} other {# Dateien}} von {name}"}
        self.assertEqual(self.troubles(one, two), [])

    def test_a_plural_is_a_number_and_may_stand_plain(self):
        self.assertEqual(self.troubles({"a": "{n, plural, other {#}} of {n, number}, {n}"},
                                       {"a": "{n, number}"}), [])

    def test_a_missing_key_is_found_in_each_direction(self):
        self.source("src/mail/a.cpp", '"a", "b"')
        self.assert_found({"a": "x", "b": "y"}, {"a": "x"}, "de: b is missing")
        self.assertEqual(len(self.troubles({"a": "x"}, {"a": "x", "b": "y"})), 2)

    def test_an_empty_text_is_missing(self):
        self.assert_found({"a": "x"}, {"a": " "}, "de: a is missing")

    def test_other_arguments_are_found(self):
        self.assert_found({"a": "{name}"}, {"a": "{nome}"}, "differ")
        self.assert_found({"a": "{name}"}, {"a": "name"}, "differ")
        self.assert_found({"a": "{n, number}"}, {"a": "{n, date, short}"}, "differ")
        self.assert_found({"a": "{n, select, x {1} other {2}}"},
                          {"a": "{n, select, y {1} other {2}}"}, "differ")

    def test_arguments_of_branches_count(self):
        self.assert_found({"a": "{n, plural, one {{name}} other {#}}"},
                          {"a": "{n, plural, one {x} other {#}}"}, "differ")

    def test_malformed_messages_are_found(self):
        for message in ("{name", "name}", "{n, plural, one {x}}", "{n, banana}", "{}",
                        "{n, plural, other {x}", "'{name"):
            self.assertTrue(any("de: a:" in trouble for trouble in
                                self.troubles({"a": "x"}, {"a": message})), message)

    def test_quoted_braces_are_text(self):
        self.assertEqual(self.troubles({"a": "'{name}' don't"}, {"a": "x"}), [])

    def test_a_key_that_nothing_uses_is_found(self):
        both = {"a": "x", "b": {"c": "y"}}
        self.assert_found(both, both, "b.c: nothing uses it")
        self.source("web/portal/src/a.svelte", "{t(`b.${code}`)}")
        self.assertEqual(self.troubles(both, both), [])

    def test_a_key_in_a_test_only_is_not_used(self):
        self.source("src/mail/b_test.cpp", '"b"')
        self.assert_found({"a": "x", "b": "y"}, {"a": "x", "b": "y"}, "nothing uses it")

    def test_a_key_that_stands_twice_is_found(self):
        self.troubles({"a": "x"}, {"a": "x"})
        self.source("locales/de.json", '{"a": "x", "a": "y"}')
        self.assertIn("twice", texts.check(self.root)[0])

    def guide(self, text):
        self.source("docs/user/de.md", text)
        return self.troubles({"a": "Next step"}, {"a": "Nächster Schritt"})

    def test_a_guide_that_names_what_is_there_passes(self):
        self.source("docs/user/pictures/de-a.webp", "")
        text = "**1. Los.** Dann **Nächster\nSchritt**. **Nichts da?** "
        self.assertEqual(self.guide(text + "![Ein Bild](pictures/de-a.webp)"), [])

    def test_a_button_that_a_guide_names_otherwise_is_found(self):
        for label in ("Nächste Schritte", "Next step"):
            self.assertIn(label, self.guide(f"Dann **{label}**.")[0])

    def test_a_picture_that_is_not_there_or_not_shown_is_found(self):
        self.source("docs/user/pictures/de-b.webp", "")
        missing, idle = self.guide("![Ein Bild](pictures/de-a.webp)")
        self.assertIn("de-a.webp: no such picture", missing)
        self.assertIn("de-b.webp: no guide shows it", idle)

    def test_a_catalogue_that_is_not_there_is_found(self):
        self.assertIn("de", texts.check(self.root)[0])


if __name__ == "__main__":
    unittest.main()
