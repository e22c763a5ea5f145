#!/usr/bin/env python3
"""Shows that the sealing fuzzers find a bug: each is run with one planted, from right seeds only.

tests/fuzz_planted.py [BUILD]     BUILD is build/debug unless it is given

The bug lies in the fuzzer's own source and is switched on by COUVERT_PLANTED_BUG. Exit code 1 where
a fuzzer did not end with a broken invariant within a minute, or ends with one without the bug.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

FUZZERS = ("message", "manifest", "keyslot", "quick", "contact_book")
SECONDS = 60
FOUND = "invariant broken"


def seeds_of(name, folder):
    """Copies the seeds that open: the wrong ones would show the bug without any fuzzing."""
    right = [seed for seed in Path("tests/corpus", name).iterdir()
             if seed.name.startswith(("ok_", "made_empty", "made_chunk", "made_flip"))]
    for seed in right:
        shutil.copy(seed, folder)
    return len(right)


def run(program, folder, options, planted):
    environment = {key: value for key, value in os.environ.items()
                   if key not in ("COUVERT_PLANTED_BUG", "LLVM_PROFILE_FILE")}
    environment["LLVM_PROFILE_FILE"] = f"{folder}/profile"
    if planted:
        environment["COUVERT_PLANTED_BUG"] = "1"
    command = [program, f"-artifact_prefix={folder}/", "-seed=1", *options, f"{folder}/seeds"]
    return subprocess.run(command, env=environment, text=True, capture_output=True)


def try_fuzzer(build, name):
    """Prints one line; True where the bug was found and is not there without the switch."""
    program = build / f"{name}_fuzz"
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "seeds").mkdir()
        count = seeds_of(name, f"{folder}/seeds")
        clean = run(program, folder, ["-runs=0"], planted=False)
        before = run(program, folder, ["-runs=0"], planted=True)
        start = time.monotonic()
        ran = run(program, folder, [f"-max_total_time={SECONDS}"], planted=True)
        seconds = time.monotonic() - start
    quiet = clean.returncode == 0 and before.returncode == 0
    found = ran.returncode != 0 and FOUND in ran.stderr
    print(f"  {name}: {count} seeds, planted bug {'found' if found else 'NOT found'} in "
          f"{seconds:.1f} s{'' if quiet else ', but the seeds alone end it'}", flush=True)
    return found and quiet


def main(arguments):
    build = Path(arguments[0] if arguments else "build/debug")
    results = [try_fuzzer(build, name) for name in FUZZERS]
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
