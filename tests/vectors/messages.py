"""Messages, parts and files of parts: right ones, and each way in which they can be wrong."""

from cases import flipped, sha256
from reference import (CHUNK, SALT, SCHEME, SEAL, TK, commitment, counting, manifest_context,
                       message, part_context, pattern)

CONTEXT = b"test"
HEAD = 56
SEALED = CHUNK + 16


def add(cases):
    add_right_messages(cases)
    add_cut_messages(cases)
    add_spoiled_messages(cases)
    add_messages_of_others(cases)
    add_parts(cases)
    add_files(cases)


def put(cases, name, expect, comment, sealed, plain=None, key=TK, context=CONTEXT):
    fields = [("key", key), ("context", context), ("message", sealed),
              ("message_sha256", sha256(sealed))]
    if plain is not None:
        fields.append(("plain", plain))
    cases.add("message", name, expect, comment, fields)
    # 0xff: the rest is a message as it stands (src/sealing/message_fuzz.cpp).
    if key == TK and context == CONTEXT:
        cases.seed("message", f"{expect}_{name}", b"\xff" + sealed)


def add_right_messages(cases):
    for length in (0, 1, 7, 16383, 16384, 16385, 32773):
        plain = pattern(length)
        sealed = message(TK, CONTEXT, plain)
        if length > 100:
            cases.keep(f"message_{length}", sealed)
        put(cases, f"plain_{length}", "ok", f"{length} bytes of plaintext", sealed, plain)
    put(cases, "no_context", "ok", "an empty context", message(TK, b"", b"abc"), b"abc",
        context=b"")
    # Seeds in the form that message_fuzz.cpp seals and spoils itself.
    for name, length, edits in (("empty", 0, b""), ("chunk", 16384, b""),
                                ("flip", 33000, b"\0" * 4),
                                ("cut", 16385, b"\1\0\0\0"), ("append", 5, b"\2\0\1\7"),
                                ("swap", 40000, b"\3\0\0\1"), ("drop", 40000, b"\4\0\0\0")):
        cases.seed("message", f"made_{name}", b"\0" + length.to_bytes(2, "big") + b"\2" + edits)


def add_cut_messages(cases):
    three = cases.data["message_32773"]
    full = cases.data["message_16384"]
    for length in (0, 1, 23, 24, 25, 55, 56, 57, 63, 70, 71):
        put(cases, f"length_{length}", "damaged", f"only {length} bytes: less than any message has",
            message(TK, CONTEXT, b"")[:length])
    put(cases, "last_chunk_missing", "damaged", "the empty last chunk is missing", full[:-16])
    put(cases, "last_chunk_full", "damaged", "the last chunk is full and none follows",
        message(TK, CONTEXT, pattern(32768), cuts=[CHUNK, CHUNK]))
    for rest in range(16):
        put(cases, f"rest_{rest}", "damaged", f"cut to {rest} bytes after the last full chunk",
            three[:HEAD + 2 * SEALED + rest])
    for name, length in (("rest_16", HEAD + 2 * SEALED + 16), ("last_byte", len(three) - 1),
                         ("in_chunk_1", HEAD + SEALED + 5000), ("chunk_1_tag", HEAD + SEALED + 16),
                         ("after_chunk_0", HEAD + SEALED), ("in_chunk_0", HEAD + 300)):
        put(cases, f"cut_{name}", "damaged", f"cut to {length} bytes", three[:length])
    for name, more in (("zero", b"\0"), ("byte", b"\x55"), ("tag", bytes(16)),
                       ("chunk", three[HEAD:HEAD + SEALED]), ("last_chunk", three[-21:])):
        put(cases, f"append_{name}", "damaged", f"{len(more)} bytes appended", three + more)
        put(cases, f"append_{name}_full", "damaged",
            f"{len(more)} bytes appended after an empty last chunk", full + more)


def add_spoiled_messages(cases):
    three = cases.data["message_32773"]
    head, zero = three[:HEAD], three[HEAD:HEAD + SEALED]
    one, last = three[HEAD + SEALED:HEAD + 2 * SEALED], three[HEAD + 2 * SEALED:]
    other = message(TK, CONTEXT, pattern(32773), salt=counting(0x65, 24))
    for name, chunks in (("swapped", one + zero + last), ("repeated", zero + zero + last),
                         ("first_lost", one + last), ("second_lost", zero + last),
                         ("both_lost", last), ("last_first", last + zero + one),
                         ("doubled", zero + one + one + last)):
        put(cases, f"chunks_{name}", "damaged", f"chunks {name}", head + chunks)
    for name, chunks in (("chunk_0", other[HEAD:HEAD + SEALED] + one + last),
                         ("last_chunk", zero + one + other[-21:])):
        put(cases, f"other_{name}", "damaged", f"{name} of another message under the same key",
            head + chunks)
    for name, of_salt, of_commitment in (("first", 0, 24), ("last", 23, 55)):
        put(cases, f"salt_{name}", "refused", f"the {name} byte of the salt is another",
            flipped(three, of_salt))
        put(cases, f"commitment_{name}", "refused", f"the {name} byte of the commitment is another",
            flipped(three, of_commitment))
    for name, at in (("first_byte", HEAD), ("middle", HEAD + 9000), ("chunk_0_tag", HEAD + CHUNK),
                     ("chunk_0_tag_end", HEAD + SEALED - 1), ("chunk_1", HEAD + SEALED),
                     ("last_chunk", HEAD + 2 * SEALED), ("last_tag", -16), ("last_byte", -1)):
        put(cases, f"flip_{name}", "damaged", f"one bit changed at byte {at % len(three)}",
            flipped(three, at))
    empty = message(TK, CONTEXT, b"")
    put(cases, "flip_empty_tag", "damaged", "one bit of an empty message's tag", flipped(empty, -1))
    put(cases, "zero_tag", "damaged", "a tag of zero bytes", empty[:-16] + bytes(16))
    put(cases, "zeros", "refused", "72 zero bytes", bytes(72))


def add_messages_of_others(cases):
    """Made by implementations that read the specification wrongly, or for somebody else."""
    plain = pattern(40)
    sealed = message(TK, CONTEXT, plain)
    put(cases, "key_other", "refused", "another key", sealed, key=counting(1, 32))
    put(cases, "key_zero", "refused", "a key of zero bytes", sealed, key=bytes(32))
    for name, context in (("empty", b""), ("longer", b"test\0"), ("shorter", b"tes"),
                          ("case", b"Test")):
        put(cases, f"context_{name}", "refused", f"another context: {name}", sealed,
            context=context)
    for name, comment, made in (
            ("extract", "HKDF with Extract", message(TK, CONTEXT, plain, extract=True)),
            ("scheme", "another name of the scheme",
             message(TK, CONTEXT, plain, scheme=SCHEME.replace(b"v1", b"v2"))),
            ("salt_last", "salt after the context", SALT + message(TK, CONTEXT + SALT, plain,
                                                                   salt=b""))):
        put(cases, f"made_{name}", "refused", comment, made)
    long = pattern(CHUNK + 5)
    for name, comment, made in (
            ("aad", "associated data that is not empty", message(TK, CONTEXT, plain, aad=b"x")),
            ("count_from_1", "chunks counted from 1", message(TK, CONTEXT, plain, first=1)),
            ("little_endian", "the count in the nonce little-endian",
             message(TK, CONTEXT, long, counter="little")),
            ("short_chunk", "a short chunk before the last",
             message(TK, CONTEXT, plain, cuts=[20, 20])),
            ("long_chunk", "chunks of 16385 bytes", message(TK, CONTEXT, long[:CHUNK + 1] + b"abc",
                                                             cuts=[CHUNK + 1, 3])),
            ("empty_chunk", "two empty last chunks",
             message(TK, CONTEXT, pattern(CHUNK), cuts=[CHUNK, 0, 0]))):
        put(cases, f"made_{name}", "damaged", comment, made)


def put_part(cases, name, expect, comment, sealed, **about):
    fields = [("key", about.get("key", TK)), ("mode", about.get("mode", 1)),
              ("seal", about.get("seal", SEAL)), ("file", about.get("file", 1)),
              ("part", about.get("part", 2)), ("plain_bytes", about.get("size", 7)),
              ("commitment", about.get("about", commitment(sealed))), ("message", sealed)]
    if expect == "ok":
        fields.append(("plain", about["plain"]))
    cases.add("part", name, expect, comment, fields)


def add_parts(cases):
    plain = b"Couvert"
    sealed = message(TK, part_context(file=1, part=2), plain)
    put_part(cases, "example", "ok", "the example of the specification", sealed, plain=plain)
    byte = message(TK, part_context(mode=2), b"x")
    put_part(cases, "one_byte", "ok", "the shortest part, sealed by the client", byte, plain=b"x",
             mode=2, file=0, part=0, size=1)
    far = message(TK, part_context(file=2**32 - 1, part=2**32 - 1), plain)
    put_part(cases, "last_number", "ok", "the highest file and part number", far, plain=plain,
             file=2**32 - 1, part=2**32 - 1)
    again = message(TK, part_context(file=1, part=2), plain, salt=counting(0x65, 24))
    for name, about in (("mode", {"mode": 2}), ("seal", {"seal": counting(0xa1, 16)}),
                        ("file", {"file": 2}), ("part", {"part": 1}),
                        ("numbers_swapped", {"file": 2, "part": 1}), ("part_zero", {"part": 0}),
                        ("key", {"key": counting(1, 32)}), ("size_less", {"size": 6}),
                        ("size_more", {"size": 8}), ("size_zero", {"size": 0}),
                        ("size_huge", {"size": 8 * 1024 * 1024 + 1}),
                        ("commitment_zero", {"about": bytes(32)}),
                        ("attempt", {"about": commitment(again)})):
        put_part(cases, f"other_{name}", "damaged", f"asked for with another {name}", sealed,
                 **about)
    put_part(cases, "sealed_again", "damaged", "the same bytes sealed at another attempt", again,
             about=commitment(sealed))
    put_part(cases, "as_manifest", "damaged", "a message of another label",
             message(TK, manifest_context(), plain))
    put_part(cases, "empty", "damaged", "a part without a byte",
             message(TK, part_context(file=1, part=2), b""), size=0)
    for name, spoiled in (("cut", sealed[:-1]), ("appended", sealed + b"\0"),
                          ("flipped", flipped(sealed, 57)), ("gone", b""),
                          ("salt", flipped(sealed, 0))):
        put_part(cases, name, "damaged", f"the object is {name}", spoiled,
                 about=commitment(sealed))


def add_files(cases):
    pieces = [pattern(10), pattern(1), pattern(25)]
    parts, end = [], 0
    for number, piece in enumerate(pieces):
        end += len(piece)
        sealed = message(TK, part_context(file=3, part=number), piece)
        parts.append((end, commitment(sealed), sealed))
    first, second, third = parts

    def put_file(name, expect, comment, lines, size=36):
        fields = [("key", TK), ("file", 3), ("size", size)]
        for end, about, sealed in lines:
            fields += [("end", end), ("commitment", about), ("object", sealed)]
        if expect == "ok":
            fields.append(("plain", b"".join(pieces)))
        cases.add("file", name, expect, comment, fields)

    def with_object(line, other):
        return (line[0], line[1], other[2])

    def sealed_for(piece, **place):
        return message(TK, part_context(**{"file": 3, "part": 1, **place}), piece,
                       salt=counting(0x66, 24))

    put_file("three_parts", "ok", "a file of three parts", parts)
    put_file("objects_swapped", "damaged", "two objects are swapped",
             [with_object(first, second), with_object(second, first), third])
    put_file("lines_swapped", "damaged", "two lines of the part table are swapped",
             [(10, second[1], second[2]), (11, first[1], first[2]), third])
    put_file("last_lost", "damaged", "the last part is missing", [first, second])
    put_file("middle_lost", "damaged", "the part in the middle is missing",
             [first, (35, third[1], third[2])], size=35)
    put_file("repeated", "damaged", "a part came twice",
             [first, second, (12, second[1], second[2])], size=12)
    put_file("ends_fall", "damaged", "the ends do not grow", [second, first, third])
    put_file("object_gone", "damaged", "an object is empty", [first, (11, second[1], b""), third])
    for name, made in (("other_file", sealed_for(pieces[1], file=4)),
                       ("other_transfer", sealed_for(pieces[1], seal=counting(0xa1, 16))),
                       ("other_mode", sealed_for(pieces[1], mode=2)),
                       ("other_attempt", sealed_for(pieces[1]))):
        put_file(name, "damaged", f"a part of {name.replace('_', ' ')}",
                 [first, (11, second[1], made), third])
        if name != "other_attempt":
            put_file(f"{name}_named", "damaged",
                     f"a part of {name.replace('_', ' ')}, named in the part table",
                     [first, (11, commitment(made), made), third])
