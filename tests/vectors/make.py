#!/usr/bin/python3
"""Makes the test vectors and the fuzzers' seeds.

make.py           writes them
make.py --check   compares them with what it would write; exit code 1 where they differ
"""

import sys
from pathlib import Path

import keys
import manifests
import messages
import quick
from cases import Cases

HERE = Path(__file__).resolve().parent
CORPUS = HERE.parent / "corpus"
WRONG_SHARE_MIN = 0.6
FUZZERS = ("message", "manifest", "keyslot", "quick", "contact_book")
KINDS = ("data", "message", "part", "file", "manifest", "sealed_manifest", "password", "keyslot",
         "coat", "label", "link", "mac", "envelope", "answer", "person", "book", "sealed_book",
         "code", "fingerprint", "token")


def make():
    """Every file that there should be, by its path."""
    cases = Cases()
    messages.add(cases)
    manifests.add(cases)
    keys.add(cases)
    quick.add(cases)
    share = cases.wrong / (cases.wrong + cases.right)
    assert share >= WRONG_SHARE_MIN, f"only {share:.0%} wrong ones"
    print(f"{cases.right} right and {cases.wrong} wrong vectors, {len(cases.seeds)} seeds")
    files = {HERE / path: content for path, content in cases.files.items()}
    files.update({CORPUS / path: content for path, content in cases.seeds.items()})
    return files


def there():
    """The files that are there."""
    folders = [HERE / kind for kind in KINDS] + [CORPUS / fuzzer for fuzzer in FUZZERS]
    return {path for folder in folders if folder.is_dir() for path in folder.iterdir()}


def check(files):
    wrong = sorted(path for path in files.keys() | there()
                   if not path.exists() or path not in files or path.read_bytes() != files[path])
    for path in wrong:
        print(f"differs: {path.relative_to(HERE.parent)}")
    return 1 if wrong else 0


def write(files):
    for path in there() - files.keys():
        path.unlink()
    for path, content in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return 0


if __name__ == "__main__":
    sys.exit(check(make()) if sys.argv[1:] == ["--check"] else write(make()))
