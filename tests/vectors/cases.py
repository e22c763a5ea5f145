"""Collects cases as texts and writes values in the notation that README.md describes."""

import hashlib
import re

from reference import pattern

LEAST = 64
SEED_MAX = 20000
PATTERN = pattern(1 << 16)
READABLE = {"manifest", "book"}
# Printable ASCII but the quotation mark, and what UTF-8 has in two to four bytes.
TEXT = re.compile(rb"(?:[\x20-\x26\x28-\x7e]|[\xc3-\xdf][\x80-\xbf]|\xe2[\x80-\xbf]{2}"
                  rb"|\xf0[\x90-\xbf][\x80-\xbf]{2}){8,}")
EXPECTED = {"ok", "damaged", "refused", "invalid"}


class Cases:
    """All vectors as {path: bytes}, and the inputs that seed a fuzzer."""

    def __init__(self):
        self.files = {}
        self.seeds = {}
        self.data = {}
        self.right = 0
        self.wrong = 0

    def keep(self, name, content):
        """Stores long bytes in a file of their own, for slices of them in values."""
        self.data[name] = content
        self.files[f"data/{name}.bin"] = content

    def add(self, kind, name, expect, comment, fields):
        """One case. `fields` are pairs, as a name may come several times."""
        assert expect in EXPECTED, expect
        path = f"{kind}/{name}.txt"
        assert path not in self.files, path
        lines = [f"expect: {expect}", f"comment: {comment}"]
        for key, value in fields:
            lines.append(f"{key}: {self.value(value, kind in READABLE)}".rstrip())
        self.files[path] = ("\n".join(lines) + "\n").encode()
        if expect == "ok":
            self.right += 1
        else:
            self.wrong += 1

    def seed(self, fuzzer, name, content):
        if len(content) <= SEED_MAX:
            self.seeds[f"{fuzzer}/{name}"] = content

    def value(self, value, readable):
        """Numbers and texts as they are, bytes as terms."""
        if isinstance(value, int):
            return str(value)
        if isinstance(value, str):
            return value
        return " ".join(self.terms(value, readable))

    def terms(self, content, readable):
        """Bytes as few and short terms: runs of a byte, the pattern, slices of stored data, hex."""
        out = []
        plain = b""
        at = 0
        while at < len(content):
            term, length = self.term_at(content, at)
            if length == 0:
                plain += content[at:at + 1]
                at += 1
                continue
            out += short_terms(plain, readable)
            plain = b""
            out.append(term)
            at += length
        return out + short_terms(plain, readable)

    def term_at(self, content, at):
        """The longest special term at a place, of at least 64 bytes."""
        front = content[at:at + LEAST]
        best = ("", 0)
        if len(front) < LEAST:
            return best
        if front == front[:1] * LEAST:
            run = len(content) - at - len(content[at:].lstrip(front[:1]))
            best = (f"repeat({front[0]:02x},{run})", run)
        if front == PATTERN[:LEAST]:
            same = common(content, at, PATTERN, 0)
            best = max(best, (f"pattern({same})", same), key=lambda term: term[1])
        for name, stored in self.data.items():
            start = stored.find(front)
            if start >= 0:
                same = common(content, at, stored, start)
                term = f"data({name},{start},{start + same})"
                best = max(best, (term, same), key=lambda term: term[1])
        return best


def short_terms(content, readable):
    """Hex, and where it helps a reader long texts in quotation marks."""
    out = []
    at = 0
    for found in TEXT.finditer(content) if readable else ():
        if found.start() > at:
            out.append(content[at:found.start()].hex())
        out.append("'" + found.group().decode() + "'")
        at = found.end()
    return out + ([content[at:].hex()] if at < len(content) else [])


def common(a, at, b, start):
    """How many bytes a[at:] and b[start:] have in common at their front."""
    most = min(len(a) - at, len(b) - start)
    low, high = 0, most
    while low < high:
        middle = (low + high + 1) // 2
        if a[at:at + middle] == b[start:start + middle]:
            low = middle
        else:
            high = middle - 1
    return low


def flipped(content, at):
    """The same with one bit of one byte changed."""
    at %= len(content)
    return content[:at] + bytes([content[at] ^ 1]) + content[at + 1:]


def sha256(content):
    return hashlib.sha256(content).hexdigest()
