"""Manifests: their plaintext, strict to the last byte, and the sealed object."""

import json

from cases import flipped
from reference import (SEAL, TK, base64url, commitment, counting, entry, manifest_context, message,
                       number, padded, part_context)

MIB = 1024 * 1024


def compact(value):
    """What JSON.stringify writes."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def file_of(**changes):
    """A file of two parts; None leaves a field out."""
    value = {"no": 0, "name": "folder/a.pdf", "type": "application/pdf", "size": 9 * MIB,
             "crc32": "deadbeef", "parts": 2, **changes}
    return {key: field for key, field in value.items() if field is not None}


EMPTY = {"no": 5, "name": "empty", "type": "", "size": 0, "crc32": "00000000", "parts": 0}
SMALL = {"no": 2, "name": "Grüße 🎉.txt", "type": "text/plain", "size": 1, "crc32": "0000000f",
         "sha256": "ab" * 32, "parts": 1}
QUICK = {"key": base64url(b"\4" + counting(0, 64)), "secret": base64url(counting(0, 32))}


def manifest_of(**changes):
    value = {"from": "anna@example.org", "created": 1795000000, "subject": "Grüße",
             "text": "Line 1\nLine 2 \"quoted\" \\ \u0001 €", "files": [file_of(), EMPTY, SMALL],
             **changes}
    return {key: field for key, field in value.items() if field is not None}


TABLE = entry(8 * MIB, counting(1, 32)) + entry(9 * MIB, counting(2, 32)) + entry(1, bytes(32))


def plain_of(body, table=TABLE):
    """`body` is JSON as value or bytes."""
    body = body if isinstance(body, bytes) else compact(body)
    return padded(number(len(body), 4) + body + table)


def add(cases):
    add_right(cases)
    add_wrong_layout(cases)
    add_wrong_tables(cases)
    add_wrong_spellings(cases)
    add_wrong_fields(cases)
    add_wrong_files(cases)
    add_sealed(cases)


def put(cases, name, expect, comment, plain):
    fields = [("plain", plain)]
    if expect == "ok":
        fields.append(("json", plain[4:4 + int.from_bytes(plain[:4], "big")]))
    cases.add("manifest", name, expect, comment, fields)
    cases.seed("manifest", f"{expect}_{name}", plain)


def add_right(cases):
    put(cases, "example", "ok", "three files, one of them empty", plain_of(manifest_of()))
    put(cases, "no_files", "ok", "a message alone", plain_of(manifest_of(files=[]), b""))
    with_quick = {"from": "a@example.org", "created": 0, "subject": "", "text": "", "quick": QUICK,
                  "files": []}
    put(cases, "quick", "ok", "an invitation to QUICK, all texts empty", plain_of(with_quick, b""))
    part = file_of(size=8 * MIB, parts=1, name="\u007f\b\t\n\f\r\"\\/")
    put(cases, "full_part", "ok", "one part of 8 MiB, a name of characters that JSON escapes",
        plain_of(manifest_of(files=[part]), entry(8 * MIB)))
    many = file_of(size=600, parts=600)
    table = b"".join(entry(end) for end in range(1, 601))
    put(cases, "many_parts", "ok", "a part table longer than a chunk",
        plain_of(manifest_of(files=[many]), table))
    room = 1020 - len(compact(manifest_of(files=[], text="")))
    filled = compact(manifest_of(files=[], text="x" * room))
    assert len(filled) == 1020
    put(cases, "no_padding", "ok", "a length that needs no padding", plain_of(filled, b""))


def add_wrong_layout(cases):
    good = plain_of(manifest_of())
    body = compact(manifest_of())
    padding = len(good) - 4 - len(body) - len(TABLE)
    assert padding > 40
    for name, comment, plain in (
            ("empty", "no byte", b""),
            ("zeros", "zero bytes alone", bytes(1024)),
            ("no_length", "shorter than the length of the JSON", bytes(3)),
            ("cut_byte", "the last byte is missing", good[:-1]),
            ("cut_padding", "no padding", good[:-padding]),
            ("cut_block", "the last block is missing", good[:1024 * (len(good) // 1024 - 1)]),
            ("one_more", "a zero byte more", good + b"\0"),
            ("block_more", "a block of padding more", good + bytes(1024)),
            ("padding_first", "the first byte of the padding is not zero",
             flipped(good, -padding)),
            ("padding_last", "the last byte of the padding is not zero", flipped(good, -1)),
            ("length_less", "the length of the JSON is one less",
             number(len(body) - 1, 4) + good[4:]),
            ("length_more", "the length of the JSON is one more",
             number(len(body) + 1, 4) + good[4:]),
            ("length_huge", "the length of the JSON is past the end",
             number(len(good), 4) + good[4:]),
            ("length_max", "the length of the JSON is over 4 MiB",
             number(4 * MIB + 1, 4) + good[4:]),
            ("length_all", "the length of the JSON has all bits", b"\xff" * 4 + good[4:]),
            ("length_little", "the length of the JSON little-endian",
             len(body).to_bytes(4, "little") + good[4:])):
        put(cases, f"layout_{name}", "damaged", comment, plain)


def add_wrong_tables(cases):
    first, second, third = TABLE[:40], TABLE[40:80], TABLE[80:]
    for name, comment, table in (
            ("none", "no part table", b""),
            ("line_lost", "a line is missing", first + second),
            ("line_more", "a line too many", TABLE + entry(1)),
            ("swapped", "two lines are swapped", second + first + third),
            ("repeated", "a line came twice", first + first + third),
            ("end_zero", "a part without a byte", entry(0) + second + third),
            ("end_same", "the second part is empty", entry(9 * MIB) + second + third),
            ("end_less", "the parts are shorter than the file",
             first + entry(9 * MIB - 1) + third),
            ("end_more", "the parts are longer than the file",
             first + entry(9 * MIB + 1) + third),
            ("part_long", "a part of one byte over 8 MiB", entry(8 * MIB + 1) + second + third),
            ("end_huge", "an end with all bits", first + entry(2**64 - 1) + third),
            ("little", "ends little-endian", first[:8][::-1] + first[8:] + second + third),
            ("shifted", "the table begins a byte late", b"\0" + TABLE)):
        put(cases, f"table_{name}", "damaged", comment, plain_of(manifest_of(), table))


def add_wrong_spellings(cases):
    good = compact(manifest_of()).decode()

    def replaced(old, new):
        assert old in good
        return good.replace(old, new, 1).encode()

    for name, comment, body in (
            ("blank", "a blank between fields", replaced(",\"created\"", ", \"created\"")),
            ("blank_after", "a blank after the JSON", good.encode() + b" "),
            ("newline", "a line end after the JSON", good.encode() + b"\n"),
            ("mark", "a byte order mark", b"\xef\xbb\xbf" + good.encode()),
            ("escaped", "an umlaut escaped", replaced("Grüße", "Gr\\u00fc\\u00dfe")),
            ("slash", "a slash escaped", replaced("folder/a", "folder\\/a")),
            ("upper_escape", "an escape in upper case", replaced("\\u0001", "\\u000B")),
            ("long_escape", "a line end escaped the long way", replaced("\\n", "\\u000a")),
            ("float", "a number with a point", replaced("1795000000", "1795000000.0")),
            ("exponent", "a number with an exponent", replaced("1795000000", "1795e6")),
            ("minus_zero", "a number that is -0", replaced("\"no\":0", "\"no\":-0")),
            ("leading_zero", "a number with a zero before it", replaced("\"no\":5", "\"no\":05")),
            ("upper_hex", "a checksum in upper case", replaced("deadbeef", "DEADBEEF")),
            ("comma", "a comma at the end", replaced("]}", "],}")),
            ("unclosed", "the end is missing", good.encode()[:-1]),
            ("two", "two values", good.encode() + good.encode()),
            ("utf8", "bytes that are not UTF-8",
             replaced("folder", "f\x00").replace(b"\0", b"\xff")),
            ("surrogate", "half a surrogate pair", replaced("folder", "\\ud800")),
            ("raw_control", "a control character as it is", replaced("\\n", "\n")),
            ("comment", "a comment", replaced("{\"from\"", "{/**/\"from\"")),
            ("array", "an array around it", b"[" + good.encode() + b"]"),
            ("null", "null", b"null"), ("nothing", "no JSON", b"")):
        put(cases, f"spelling_{name}", "damaged", comment, plain_of(body))


def add_wrong_fields(cases):
    good = manifest_of()
    for name, comment, value in (
            ("unknown", "an unknown field", {**good, "more": 1}),
            ("order", "two fields in another order",
             {"created": good["created"], "from": good["from"], **good}),
            ("no_from", "no sender", manifest_of(**{"from": None})),
            ("empty_from", "an empty sender", manifest_of(**{"from": ""})),
            ("long_from", "a sender of 255 bytes", manifest_of(**{"from": "a" * 255})),
            ("no_created", "no time", manifest_of(created=None)),
            ("negative_created", "a time before 1970", manifest_of(created=-1)),
            ("text_created", "a time as text", manifest_of(created="1795000000")),
            ("far_created", "a time after the year 9999", manifest_of(created=253402300800)),
            ("no_subject", "no subject", manifest_of(subject=None)),
            ("long_subject", "a subject of 501 bytes", manifest_of(subject="a" * 501)),
            ("number_text", "a text that is a number", manifest_of(text=1)),
            ("long_text", "a text one byte too long", manifest_of(text="a" * (256 * 1024 + 1))),
            ("nul", "a NUL in the text", manifest_of(text="a\0b")),
            ("no_files", "no files", manifest_of(files=None)),
            ("object_files", "files as an object", manifest_of(files={})),
            ("true_file", "a file that is true", manifest_of(files=[True]))):
        put(cases, f"field_{name}", "damaged", comment, plain_of(value))
    null = compact(good)[:-1] + b",\"quick\":null}"
    put(cases, "field_quick_null", "damaged", "QUICK is null", plain_of(null))
    twice = compact(good).replace(b"\"subject\"", b"\"from\":\"anna@example.org\",\"subject\"")
    put(cases, "field_twice", "damaged", "a field came twice", plain_of(twice))
    for name, comment, quick in (
            ("unknown", "an unknown field in QUICK", {**QUICK, "more": ""}),
            ("short_key", "a key of 64 bytes", {**QUICK, "key": base64url(b"\4" + bytes(63))}),
            ("packed_key", "a compressed key", {**QUICK, "key": base64url(b"\2" + bytes(64))}),
            ("no_secret", "no secret", {"key": QUICK["key"]}),
            ("long_secret", "a secret of 33 bytes", {**QUICK, "secret": base64url(bytes(33))}),
            ("padded", "a secret with padding", {**QUICK, "secret": QUICK["secret"] + "="}),
            ("rest_bits", "a secret with rest bits", {**QUICK, "secret": "A" * 42 + "B"})):
        value = {key: good[key] for key in ("from", "created", "subject", "text")}
        put(cases, f"quick_{name}", "damaged", comment,
            plain_of({**value, "quick": quick, "files": good["files"]}))


def add_wrong_files(cases):
    for name, comment, changes in (
            ("unknown", "an unknown field", {"more": 1}),
            ("no_no", "no number", {"no": None}),
            ("negative_no", "a negative number", {"no": -1}),
            ("large_no", "a number over 32 bits", {"no": 2**32}),
            ("same_no", "a number that another file has", {"no": 2}),
            ("no_name", "no name", {"name": None}),
            ("empty_name", "an empty name", {"name": ""}),
            ("long_name", "a name of 1025 bytes", {"name": "a" * 1025}),
            ("nul_name", "a NUL in the name", {"name": "a\0b"}),
            ("no_type", "no type", {"type": None}),
            ("long_type", "a type of 128 bytes", {"type": "a" * 128}),
            ("text_size", "a size as text", {"size": "9437184"}),
            ("negative_size", "a negative size", {"size": -1}),
            ("huge_size", "a size over 4 TiB", {"size": 2**42 + 1}),
            ("short_crc32", "a checksum of 7 digits", {"crc32": "deadbee"}),
            ("number_crc32", "a checksum as number", {"crc32": 1}),
            ("short_sha256", "a SHA-256 of 62 digits", {"parts": None, "sha256": "ab" * 31}),
            ("no_parts", "no number of parts", {"parts": None}),
            ("few_parts", "fewer parts than the size needs", {"parts": 1}),
            ("no_part", "bytes without a part", {"parts": 0}),
            ("many_parts", "more parts than bytes", {"size": 1, "parts": 2}),
            ("large_parts", "a number of parts over 32 bits", {"parts": 2**32})):
        value = file_of(**changes)
        if "sha256" in changes:
            value["parts"] = 2
        put(cases, f"file_{name}", "damaged", comment,
            plain_of(manifest_of(files=[value, EMPTY, SMALL])))
    for name, comment, empty in (
            ("empty_parts", "an empty file with a part", {**EMPTY, "parts": 1}),
            ("empty_crc32", "an empty file with a checksum", {**EMPTY, "crc32": "00000001"})):
        put(cases, f"file_{name}", "damaged", comment,
            plain_of(manifest_of(files=[file_of(), empty, SMALL])))
    late = {key: value for key, value in SMALL.items() if key != "sha256"}
    late["sha256"] = SMALL["sha256"]
    put(cases, "file_order", "damaged", "a file's fields in another order",
        plain_of(manifest_of(files=[file_of(), EMPTY, late])))


def add_sealed(cases):
    plain = plain_of(manifest_of())
    sealed = message(TK, manifest_context(), plain)
    older = message(TK, manifest_context(), plain_of(manifest_of(subject="Old")),
                    salt=counting(0x65, 24))

    def put_sealed(name, expect, comment, object_, about=None, key=TK, mode=1, seal=SEAL):
        fields = [("key", key), ("mode", mode), ("seal", seal),
                  ("commitment", about or commitment(sealed)), ("message", object_)]
        if expect == "ok":
            fields.append(("plain", plain))
        cases.add("sealed_manifest", name, expect, comment, fields)

    put_sealed("example", "ok", "a manifest of three files", sealed)
    client = message(TK, manifest_context(mode=2), plain)
    put_sealed("client", "ok", "sealed by the client", client, commitment(client), mode=2)
    put_sealed("older", "damaged", "an older manifest of the same transfer", older)
    put_sealed("draft", "damaged", "a draft's keyslot has no manifest", sealed, bytes(32))
    put_sealed("key", "damaged", "another transfer key", sealed, key=counting(1, 32))
    put_sealed("mode", "damaged", "another mode", sealed, mode=2)
    put_sealed("seal", "damaged", "another transfer", sealed, seal=counting(0xa1, 16))
    part = message(TK, part_context(), plain)
    put_sealed("part", "damaged", "a part in its place", part, commitment(part))
    for name, object_ in (("cut", sealed[:-1]), ("cut_block", sealed[:-1024]),
                          ("appended", sealed + bytes(1024)), ("first_byte", flipped(sealed, 56)),
                          ("last_byte", flipped(sealed, -1)), ("salt", flipped(sealed, 0)),
                          ("gone", b"")):
        put_sealed(name, "damaged", f"the object is {name}", object_)
    odd = message(TK, manifest_context(), plain + b"\0")
    put_sealed("odd", "damaged", "a plaintext of another length", odd, commitment(odd))
