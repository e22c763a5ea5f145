"""Keyslots, coats, passwords, links, MACs and the small labelled messages."""

from cases import flipped
from reference import (ARGON2_SALT, DAY_KEY, MASTER, SEAL, SLOT, TK, argon2_parameters, base64url,
                       coat, counting, form_context, keyslot, keyslot_message, labelled, mac,
                       message, number, password_secret, record_context, text)

S = counting(0x40, 32)
ENVELOPE = counting(0x04, 113)
MAIL = counting(0xd0, 16)
DAY = 20779
ABOUT = counting(0x80, 32)
CONTENT = TK + ABOUT


def add(cases):
    add_passwords(cases)
    add_keyslots(cases)
    add_wrong_keyslots(cases)
    add_coats(cases)
    add_labels(cases)
    add_links(cases)
    add_macs(cases)


def add_passwords(cases):
    def put(name, expect, comment, password, memory=19456, passes=1, lanes=1, s=None):
        typed = password.encode() if isinstance(password, str) else password
        fields = [("password", typed), ("memory", memory), ("passes", passes), ("lanes", lanes),
                  ("salt", ARGON2_SALT)]
        cases.add("password", name, expect, comment, fields + ([("s", s)] if s else []))

    example = "Gr\u00fc\u00dfe 1"
    put("example", "ok", "the example of the specification", example, 65536, 3, 1,
        password_secret(example))
    put("decomposed", "ok", "the same, with the umlaut typed as u and dots", "Gru\u0308\u00dfe 1",
        s=password_secret(example, 19456, 1))
    put("one_byte", "ok", "the shortest password", "a", s=password_secret("a", 19456, 1))
    put("full", "ok", "1024 bytes", "a" * 1024, s=password_secret("a" * 1024, 19456, 1))
    shrinks = "u\u0308" * 512
    put("shrinks", "ok", "1024 bytes after NFC, 1536 before", shrinks,
        s=password_secret(shrinks, 19456, 1))
    put("blanks", "ok", "blanks count, also at the end", " a ", s=password_secret(" a ", 19456, 1))
    put("empty", "invalid", "no password", "")
    put("long", "invalid", "1025 bytes", "a" * 1025)
    put("grows", "invalid", "1024 bytes that are more after NFC", "a" * 1020 + "\u0958a")
    put("bytes", "invalid", "bytes that are not UTF-8", b"a\xff")
    put("surrogate", "invalid", "a surrogate in UTF-8", b"\xed\xa0\x80")
    for name, memory, passes, lanes in (("memory_less", 19455, 1, 1), ("memory_more", 262145, 1, 1),
                                        ("memory_zero", 0, 1, 1), ("memory_all", 2**32 - 1, 1, 1),
                                        ("passes_zero", 19456, 0, 1), ("passes_more", 19456, 11, 1),
                                        ("lanes_zero", 19456, 1, 0), ("lanes_two", 19456, 1, 2)):
        put(name, "invalid", "Argon2 values out of bounds", "a", memory, passes, lanes)


def put_keyslot(cases, name, expect, comment, content, s=S, mode=1, seal=SEAL, slot=SLOT):
    fields = [("s", s), ("mode", mode), ("seal", seal), ("slot", slot), ("keyslot", content)]
    if expect == "ok":
        fields += [("transfer_key", TK), ("commitment", ABOUT)]
    cases.add("keyslot", name, expect, comment, fields)
    cases.seed("keyslot", f"{expect}_{name}", content)


def forms():
    """A keyslot of each kind."""
    return {"password": keyslot(S, 1, argon2_parameters(), content=CONTENT),
            "link": keyslot(S, 2, content=CONTENT),
            "quick": keyslot(S, 3, ENVELOPE, content=CONTENT),
            "held": keyslot(S, 4, content=CONTENT)}


def add_keyslots(cases):
    for name, content in forms().items():
        put_keyslot(cases, name, "ok", f"kind {name}", content)
    put_keyslot(cases, "client", "ok", "sealed by the client",
                keyslot(S, 2, content=CONTENT, mode=2), mode=2)
    for name, memory, passes in (("least", 19456, 1), ("most", 262144, 10)):
        put_keyslot(cases, f"argon2_{name}", "ok", f"the {name} that Argon2 may be asked for",
                    keyslot(S, 1, argon2_parameters(memory, passes), content=CONTENT))
    for kind, good in forms().items():
        place = {"s": flipped(S, 31)}
        put_keyslot(cases, f"{kind}_s", "refused", "another S", good, **place)
        for name, place in (("mode", {"mode": 2}), ("seal", {"seal": counting(0xa1, 16)}),
                            ("slot", {"slot": counting(0xc1, 16)})):
            put_keyslot(cases, f"{kind}_{name}", "refused", f"asked for with another {name}", good,
                        **place)


def add_wrong_keyslots(cases):
    good = forms()
    for kind, content in good.items():
        start = len(content) - 136
        for length in sorted({0, 1, 2, start - 1, start, start + 24, start + 56, len(content) - 1}):
            put_keyslot(cases, f"{kind}_length_{length}", "damaged", f"only {length} bytes",
                        content[:length])
        put_keyslot(cases, f"{kind}_appended", "damaged", "a byte more", content + b"\0")
        put_keyslot(cases, f"{kind}_salt", "refused", "another salt", flipped(content, start))
        put_keyslot(cases, f"{kind}_commitment", "refused", "another commitment",
                    flipped(content, start + 24))
        put_keyslot(cases, f"{kind}_cipher", "damaged", "a bit of the sealed key",
                    flipped(content, start + 56))
        put_keyslot(cases, f"{kind}_tag", "damaged", "a bit of the tag", flipped(content, -1))
    for number_of in (0, 5, 128, 255):
        put_keyslot(cases, f"kind_{number_of}", "damaged", "no such kind",
                    number(number_of, 1) + good["link"][1:])
    put_keyslot(cases, "link_as_held", "refused", "a link's keyslot as a held one",
                b"\4" + good["link"][1:])
    put_keyslot(cases, "password_as_link", "damaged", "a password's keyslot as a link's",
                b"\2" + good["password"][1:])
    put_keyslot(cases, "parameters_lost", "damaged", "no parameters where there must be some",
                number(1, 1) + bytes(2) + good["password"][-136:])
    for name, kind, parameters in (("link", 2, b"\0"), ("held", 4, bytes(25)),
                                   ("password_short", 1, argon2_parameters()[:-1]),
                                   ("password_long", 1, argon2_parameters() + b"\0"),
                                   ("quick_short", 3, ENVELOPE[:-1]),
                                   ("quick_long", 3, ENVELOPE + b"\0")):
        put_keyslot(cases, f"parameters_{name}", "damaged", f"{len(parameters)} of parameters",
                    keyslot(S, kind, parameters, content=CONTENT))
    for name, memory, passes, lanes in (
            ("memory_less", 19455, 1, 1), ("memory_more", 262145, 1, 1), ("memory_zero", 0, 1, 1),
            ("memory_all", 2**32 - 1, 1, 1), ("passes_zero", 65536, 0, 1),
            ("passes_more", 65536, 11, 1), ("passes_all", 65536, 2**32 - 1, 1),
            ("lanes_zero", 65536, 3, 0), ("lanes_two", 65536, 3, 2)):
        put_keyslot(cases, f"argon2_{name}", "damaged", "Argon2 values out of bounds",
                    keyslot(S, 1, argon2_parameters(memory, passes, lanes), content=CONTENT))
    put_keyslot(cases, "argon2_changed", "refused", "weaker Argon2 values than were sealed",
                b"\1\0\x19" + argon2_parameters(19456, 1) + good["password"][-136:])
    put_keyslot(cases, "envelope_changed", "refused", "another envelope",
                b"\3\0\x71" + flipped(ENVELOPE, 0) + good["quick"][-136:])
    for name, content in (("short", CONTENT[:-1]), ("long", CONTENT + b"\0"), ("key", TK)):
        put_keyslot(cases, f"content_{name}", "damaged", f"{len(content)} bytes of content",
                    b"\2\0\0" + keyslot_message(S, 2, content=content))
    seeds = {"length_little": b"\1\x19\0" + good["password"][3:]}
    for name, content in seeds.items():
        put_keyslot(cases, name, "damaged", "the parameters' length little-endian", content)


def add_coats(cases):
    inner = keyslot(password_secret("Gr\u00fc\u00dfe 1"), 1, argon2_parameters())
    stored = coat(inner)

    def put(name, expect, comment, content, day_key=DAY_KEY, seal=SEAL, slot=SLOT):
        fields = [("day_key", day_key), ("seal", seal), ("slot", slot), ("stored", content)]
        cases.add("coat", name, expect, comment,
                  fields + ([("keyslot", inner)] if expect == "ok" else []))

    put("example", "ok", "the example of the specification", stored)
    put("day", "damaged", "another day's key", stored, day_key=counting(0x21, 32))
    put("seal", "damaged", "another transfer", stored, seal=counting(0xa1, 16))
    put("slot", "damaged", "another slot", stored, slot=counting(0xc1, 16))
    put("swapped", "damaged", "seal and slot swapped", stored, seal=SLOT, slot=SEAL)
    put("naked", "damaged", "a keyslot without its coat", inner)
    put("twice", "damaged", "a coat in a coat", coat(stored))
    put("empty", "damaged", "nothing in the coat", coat(b""))
    put("appended_inside", "damaged", "a byte more in the coat", coat(inner + b"\0"))
    put("cut_inside", "damaged", "a byte less in the coat", coat(inner[:-1]))
    put("large", "damaged", "more in the coat than a keyslot has", coat(bytes(253)))
    for name, content in (("cut", stored[:-1]), ("appended", stored + b"\0"), ("gone", b""),
                          ("salt", flipped(stored, 0)), ("commitment", flipped(stored, 24)),
                          ("cipher", flipped(stored, 56)), ("tag", flipped(stored, -1))):
        put(name, "damaged", f"the coat is spoiled: {name}", content)


def add_labels(cases):
    """One message of each small kind, and asked for as each other one."""
    plain = b"some text"
    contexts = {"notice": labelled("couvert/1 notice", SEAL),
                "mail": labelled("couvert/1 mail", MAIL),
                "day": labelled("couvert/1 day", number(DAY, 4)), "record": record_context(file=7),
                "form": form_context()}
    keys = {"notice": DAY_KEY, "mail": DAY_KEY, "day": MASTER, "record": TK, "form": TK}
    contents = {"notice": plain, "mail": plain, "form": plain, "day": counting(0x60, 32), "record":
                b"\1" + text("a.txt") + text("") + number(9, 8) + number(3, 8) +
                bytes.fromhex("352441c2") + b"\0"}

    def put(name, expect, comment, label, sealed, **about):
        fields = [("label", label), ("key", about.get("key", keys[label])),
                  ("seal", about.get("seal", SEAL)), ("mail", about.get("mail", MAIL)),
                  ("day", about.get("day", DAY)), ("file", about.get("file", 7)),
                  ("message", sealed)]
        cases.add("label", name, expect, comment,
                  fields + ([("plain", contents[label])] if expect == "ok" else []))

    sealed = {label: message(keys[label], contexts[label], contents[label]) for label in contexts}
    for label, good in sealed.items():
        put(label, "ok", f"a {label}", label, good)
        put(f"{label}_key", "damaged", "another key", label, good, key=counting(0x99, 32))
        put(f"{label}_tag", "damaged", "a bit of the tag", label, flipped(good, -1))
        put(f"{label}_cut", "damaged", "a byte less", label, good[:-1])
        for other in sealed:
            if other != label:
                put(f"{label}_as_{other}", "damaged", f"a {label} in the place of a {other}",
                    other, message(keys[other], contexts[label], contents[label]))
    put("notice_seal", "damaged", "another transfer", "notice", sealed["notice"],
        seal=counting(0xa1, 16))
    put("form_seal", "damaged", "another draft", "form", sealed["form"], seal=counting(0xa1, 16))
    put("mail_mail", "damaged", "another mail", "mail", sealed["mail"], mail=counting(0xd1, 16))
    put("day_day", "damaged", "another day", "day", sealed["day"], day=DAY + 1)
    put("day_short", "damaged", "a day key of 31 bytes", "day",
        message(MASTER, contexts["day"], bytes(31)))
    put("day_long", "damaged", "a day key of 33 bytes", "day",
        message(MASTER, contexts["day"], bytes(33)))
    put("record_file", "damaged", "another file", "record", sealed["record"], file=8)
    put("record_seal", "damaged", "another transfer", "record", sealed["record"],
        seal=counting(0xa1, 16))


def add_links(cases):
    def put(name, expect, comment, fragment, mode=1):
        fields = [("text", fragment)]
        cases.add("link", name, expect, comment,
                  fields + ([("mode", mode), ("s", S)] if expect == "ok" else []))

    good = base64url(b"\1" + S)
    put("server", "ok", "mode 1", good)
    put("client", "ok", "mode 2", base64url(b"\2" + S), 2)
    for name, fragment in (("mode_0", base64url(b"\0" + S)), ("mode_3", base64url(b"\3" + S)),
                           ("no_mode", base64url(S)), ("short", good[:-1]), ("long", good + "A"),
                           ("more", good + "AAAA"), ("padded", good + "="), ("empty", ""),
                           ("hash", "#" + good), ("plus", "+" + good[1:]),
                           ("slash", good[:-1] + "/"), ("blank", good[:-1] + " "),
                           ("umlaut", good[:-2] + "\u00fc")):
        put(name, "invalid", f"not a link's fragment: {name}", fragment)


def add_macs(cases):
    def put(name, comment, key, label, x):
        fields = [("key", key), ("label", label), ("x", x), ("mac", mac(key, label, x))]
        cases.add("mac", name, "ok", comment, fields)

    put("session", "by which a session is looked up", S, "couvert/1 session", b"")
    put("code_key", "the code key of the specification", counting(0, 16), "couvert/1 code",
        text("anna@example.org"))
    put("verification", "of a verification code", MASTER, "couvert/1 verification",
        text("session") + text("anna@example.org") + text("ABCDEFGHJK"))
