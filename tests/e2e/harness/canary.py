"""Searches unique strings in files, databases and core images, in every spelling that matters.

canary.py PLACE...   reads the strings from standard input as JSON {name: text} and prints a JSON
list of hits. A place is a file or a folder. A SQLite database is read twice: its bytes, and its
values, which may lie over several pages.
"""

import base64
import io
import json
import mmap
import os
import sqlite3
import struct
import sys


def base64_cores(data, altchars=None):
    """What of `data` stays the same in base64, for each of the three ways it can be aligned."""
    for shift in range(3):
        coded = base64.b64encode(b"\0" * shift + data, altchars=altchars)
        first = (shift * 8 + 5) // 6  # the first sign without a bit of what stands before
        last = (shift + len(data)) * 8 // 6  # and the end of those without a bit of what follows
        yield coded[first:last]


def spellings(text):
    data = text.encode()
    found = {
        "text": data,
        "UTF-16LE": text.encode("utf-16-le"),
        "UTF-16BE": text.encode("utf-16-be"),
        "hex": data.hex().encode(),
        "HEX": data.hex().upper().encode(),
    }
    for shift, core in enumerate(base64_cores(data)):
        found[f"base64 {shift}"] = core
    for shift, core in enumerate(base64_cores(data, b"-_")):
        found[f"base64url {shift}"] = core
    return found


def search(place, data, needles, hits):
    for name, ways in needles.items():
        for way, bytes_ in ways.items():
            if data.find(bytes_) >= 0:
                hits.append({"place": place, "string": name, "as": way})


def search_database(path, needles, hits):
    connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=10)
    tables = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
    for (table,) in tables:
        for row in connection.execute(f'SELECT * FROM "{table}"'):
            for value in row:
                data = value if isinstance(value, bytes) else str(value).encode()
                search(f"{path} table {table}", data, needles, hits)
    connection.close()


def without_zeros(file):
    """The file's bytes but for blocks of nothing, of which a core image has gigabytes."""
    block_bytes = 256 * 1024
    nothing = bytes(block_bytes)
    blocks = []
    while block := file.read(block_bytes):
        if block != nothing[: len(block)]:
            blocks.append(block)
        elif blocks and blocks[-1] != b"\0":
            blocks.append(b"\0")
    return b"".join(blocks)


def memory_of(core):
    """The memory in a core image of 64 bits. Its notes stay out: they hold the registers, and in
    those of a sleeping thread lie the last 32 bytes that it happened to copy."""
    first, size, count = struct.unpack_from("<Q14xHH", core, 32)
    pieces = []
    for index in range(count):
        at = first + index * size
        kind, _, offset, _, _, length = struct.unpack_from("<IIQQQQ", core, at)
        if kind == 1:  # PT_LOAD
            pieces.append(core[offset : offset + length])
    return pieces


def search_core(path, needles, hits):
    with open(path, "rb") as file:
        with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as core:
            for piece in memory_of(core):
                search(path, without_zeros(io.BytesIO(piece)), needles, hits)


def is_core(path):
    with open(path, "rb") as file:
        head = file.read(18)
    return head[:5] == b"\x7fELF\x02" and head[16:18] == b"\x04\x00"


def search_file(path, needles, hits):
    try:
        if is_core(path):
            search_core(path, needles, hits)
            return
        with open(path, "rb") as file:
            data = without_zeros(file)
        search(path, data, needles, hits)
        is_database = data[:16] == b"SQLite format 3\0"
    except (FileNotFoundError, PermissionError, OSError, ValueError):
        return  # gone meanwhile, or no file that has bytes
    if is_database:
        try:
            search_database(path, needles, hits)
        except sqlite3.OperationalError:
            # Somebody else's, locked by them: its bytes have been searched. Ours must be readable.
            if not path.startswith("/tmp/"):
                raise


def files_of(place):
    if not os.path.isdir(place):
        return [place]
    found = (os.path.join(top, name) for top, _, names in os.walk(place) for name in names)
    return [path for path in found if os.path.isfile(path)]  # a pipe would wait for ever


def main():
    needles = {name: spellings(text) for name, text in json.load(sys.stdin).items()}
    hits = []
    for place in sys.argv[1:]:
        for path in files_of(place):
            search(f"name of {path}", os.fsencode(path), needles, hits)
            search_file(path, needles, hits)
    json.dump(hits, sys.stdout)


main()
