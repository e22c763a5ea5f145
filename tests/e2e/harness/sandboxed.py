# Runs a program under the system call filter of deploy/couvertd.service: what the filter forbids
# ends it at once, and so does memory that is writable and executable.
#
#   sandboxed.py UNIT PROGRAM ARGUMENTS...
import ctypes
import os
import re
import subprocess
import sys

import seccomp


def read_groups():
    """systemd's groups of system calls by their names."""
    text = subprocess.run(["systemd-analyze", "syscall-filter"], check=True, capture_output=True,
                          text=True).stdout
    groups = {}
    for line in text.split("\n"):
        if line.startswith("@"):
            groups[line] = members = []
        elif re.match(r"\s+[@a-z_0-9-]+$", line):
            members.append(line.strip())
    return groups


def calls_of(word, groups):
    """The system calls of a group such as @system-service, with those of the groups in it."""
    if not word.startswith("@"):
        return {word}
    return set().union(*(calls_of(one, groups) for one in groups[word]))


def allowed(unit):
    """What the lines SystemCallFilter= leave."""
    groups, left = read_groups(), set()
    for line in re.findall(r"^SystemCallFilter=(.*)$", open(unit).read(), re.MULTILINE):
        words = line.removeprefix("~").split()
        calls = set().union(*(calls_of(word, groups) for word in words))
        left = left - calls if line.startswith("~") else left | calls
    return left


def main():
    unit, program = sys.argv[1], sys.argv[2:]
    filter_ = seccomp.SyscallFilter(seccomp.KILL_PROCESS)
    # execve is the start of the program itself, which systemd makes before the filter counts.
    extra = {"execve"}
    if os.geteuid() == 0:
        extra.add("fchown")  # SQLite's, for root alone; the unit has a user of its own
    for call in allowed(unit) | extra:
        try:
            filter_.add_rule(seccomp.ALLOW, call)
        except (RuntimeError, ValueError):
            pass  # a call of another machine
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(38, 1, 0, 0, 0)  # PR_SET_NO_NEW_PRIVS
    libc.prctl(65, 1, 0, 0, 0)  # PR_SET_MDWE, of Linux 6.3 and later
    filter_.load()
    os.execv(program[0], program)


main()
