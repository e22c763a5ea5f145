"""tools/coroutines finds a thread's own in the parts of a coroutine, and nowhere else."""

import unittest
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader
from pathlib import Path

LOADER = SourceFileLoader("coroutines", str(Path(__file__).with_name("coroutines")))
tool = module_from_spec(spec_from_loader("coroutines", LOADER))
LOADER.exec_module(tool)

ASKS = "   1281dd:\tmov    %fs:0x0,%rax"
ERRNO = "   1281dd:\tcall   2da340 <__errno_location@plt>"
GUARD = "   1281dd:\tmov    %fs:0x28,%rax"  # the stack protector's


def found(name, line):
    return tool.coroutines([f"0000000000127f90 <{name}>:", line, "", "0000 <other()>:", ASKS])


class Coroutines(unittest.TestCase):
    def test_a_part_that_asks_is_named(self):
        for part in ("resume", "destroy", "cleanup"):
            for line in (ASKS, ERRNO):
                name = f"accept_all() [clone .{part}]"
                self.assertEqual(found(name, line), (1, {name: line.strip()}))

    def test_others_may_ask(self):
        self.assertEqual(found("accept_all()", ASKS), (0, {}))

    def test_the_stack_protector_may(self):
        self.assertEqual(found("accept_all() [clone .resume]", GUARD), (1, {}))


if __name__ == "__main__":
    unittest.main()
