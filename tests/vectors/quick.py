"""QUICK: envelopes, answers, the person's secret, contact books, codes and fingerprints."""

import hashlib
import json

import hpke
from cases import flipped
from reference import SEAL, SLOT, base64url, counting, labelled, mac, message, number, text

ANNA, BERT = "anna@example.org", "bert@example.net"
SENDER, RECIPIENT, EPHEMERAL = 1, 2, 3
S = counting(0x00, 32)
CODE = counting(0x00, 16)
DEVICE = counting(0xd0, 16)
DEVICE_KEY = counting(0x80, 32)
BOOK_KEY = counting(0x60, 32)
NOT_ON_CURVE = b"\4" + counting(1, 64)


def add(cases):
    hpke.check()
    add_envelopes(cases)
    add_wrong_envelopes(cases)
    add_answers(cases)
    add_persons(cases)
    add_books(cases)
    add_wrong_books(cases)
    add_sealed_books(cases)
    add_codes(cases)
    add_fingerprints(cases)
    add_tokens(cases)


def info_of(mode=1, seal=SEAL, slot=SLOT, sender=ANNA, recipient=BERT, label="couvert/1 quick"):
    return labelled(label, number(mode, 1) + seal + slot + text(sender) + text(recipient))


def envelope(info=None, plain=S, **how):
    return hpke.seal(EPHEMERAL, hpke.public(RECIPIENT), SENDER, info or info_of(), plain, **how)


def put_envelope(cases, name, expect, comment, content, **place):
    fields = [("mode", place.get("mode", 1)), ("seal", place.get("seal", SEAL)),
              ("slot", place.get("slot", SLOT)), ("sender", place.get("sender", ANNA)),
              ("recipient", place.get("recipient", BERT)),
              ("sender_key", place.get("sender_key", hpke.public(SENDER))),
              ("recipient_private", number(place.get("private", RECIPIENT), 32)),
              ("envelope", content)]
    if expect == "ok":
        fields += [("s", place.get("s", S)), ("sender_private", number(SENDER, 32)),
                   ("ephemeral_private", number(EPHEMERAL, 32))]
    cases.add("envelope", name, expect, comment, fields)
    if not place:
        cases.seed("quick", f"{expect}_envelope_{name}", b"e" + content)


def add_envelopes(cases):
    good = envelope()
    assert hashlib.sha256(good).hexdigest() == ("2f4d0936d07f7ac3fc75eeddadb88a49"
                                                "96f933983813a9734665ce5ddda20c51")
    put_envelope(cases, "example", "ok", "the example of the specification", good)
    put_envelope(cases, "client", "ok", "sealed by the client", envelope(info_of(mode=2)), mode=2)
    put_envelope(cases, "zero", "ok", "S of zero bytes alone", envelope(plain=bytes(32)),
                 s=bytes(32))
    put_envelope(cases, "names", "ok", "other addresses",
                 envelope(info_of(sender="a@b.example", recipient="x@xn--bcher-kva.example")),
                 sender="a@b.example", recipient="x@xn--bcher-kva.example")
    for name, place in (("mode", {"mode": 2}), ("seal", {"seal": counting(0xa1, 16)}),
                        ("slot", {"slot": counting(0xc1, 16)}),
                        ("sender", {"sender": "anne@example.org"}),
                        ("recipient", {"recipient": "bart@example.net"}),
                        ("addresses", {"sender": BERT, "recipient": ANNA}),
                        ("ids", {"seal": SLOT, "slot": SEAL}),
                        ("border", {"sender": ANNA + "b", "recipient": BERT[1:]}),
                        ("sender_key", {"sender_key": hpke.public(4)}),
                        ("sender_negated", {"sender_key": hpke.negated(hpke.public(SENDER))}),
                        ("own_key", {"sender_key": hpke.public(RECIPIENT)}),
                        ("private", {"private": 4}),
                        ("private_negated", {"private": hpke.ORDER - RECIPIENT}),
                        ("roles", {"private": SENDER, "sender_key": hpke.public(RECIPIENT)})):
        put_envelope(cases, f"other_{name}", "damaged", f"asked for with another {name}", good,
                     **place)


def add_wrong_envelopes(cases):
    good = envelope()
    for at in (0, 1, 33, 64, 65, 96, 97, 112):
        put_envelope(cases, f"flip_{at}", "damaged", f"a bit of byte {at}", flipped(good, at))
    for name, comment, content in (
            ("base", "sealed in mode_base, by anybody", envelope(mode=hpke.MODE_BASE)),
            ("aes_128", "AES-128-GCM", envelope(aead=hpke.AES_128)),
            ("aad", "additional data", envelope(aad=b"a")),
            ("second", "the second message of a context", envelope(sequence=1)),
            ("info_empty", "no info", hpke.seal(EPHEMERAL, hpke.public(RECIPIENT), SENDER, b"", S)),
            ("label", "another label", envelope(info_of(label="couvert/2 quick"))),
            ("label_answer", "the label of an answer",
             envelope(info_of(label="couvert/1 quick answer"))),
            ("no_lengths", "addresses without lengths", envelope(
                labelled("couvert/1 quick", b"\1" + SEAL + SLOT + (ANNA + BERT).encode()))),
            ("no_mode", "no mode in the info", envelope(
                labelled("couvert/1 quick", SEAL + SLOT + text(ANNA) + text(BERT)))),
            ("order", "slot before seal", envelope(info_of(seal=SLOT, slot=SEAL))),
            ("not_on_curve", "enc is no point of the curve", NOT_ON_CURVE + good[65:]),
            ("enc_zero", "enc is zero bytes", bytes(65) + good[65:]),
            ("enc_negated", "enc is the other point with this x",
             hpke.negated(good[:65]) + good[65:]),
            ("enc_hybrid", "enc in the hybrid form", bytes([6 + (good[64] & 1)]) + good[1:]),
            ("enc_large", "a coordinate over the field's prime", b"\4" + b"\xff" * 64 + good[65:]),
            ("compressed", "enc compressed", hpke.compressed(good[:65]) + good[65:]),
            ("compressed_padded", "enc compressed, padded to its length",
             hpke.compressed(good[:65]) + bytes(32) + good[65:]),
            ("s_short", "S of 31 bytes", envelope(plain=S[:31])),
            ("s_long", "S of 33 bytes", envelope(plain=S + b"\0")),
            ("cut", "a byte less", good[:-1]),
            ("appended", "a byte more", good + b"\0"),
            ("no_tag", "no tag", good[:97]),
            ("enc_alone", "nothing but enc", good[:65]),
            ("empty", "nothing", b""),
            ("twice", "two envelopes", good + good)):
        put_envelope(cases, name, "damaged", comment, content)


def tag_of(secret=S, seal=SEAL, sender=(ANNA, SENDER), recipient=(BERT, RECIPIENT),
           label="couvert/1 quick answer"):
    about = seal + text(sender[0]) + hpke.public(sender[1])
    return mac(secret, label, about + text(recipient[0]) + hpke.public(recipient[1]))


def add_answers(cases):
    """`denied`: there is no such invitation; `conflict`: another key is pinned."""
    good = hpke.public(RECIPIENT) + tag_of()
    assert tag_of().hex() == "d0c7836b47ba935d83aa5ae27eab1c8e9c3382a3fa66ac2b3562ff1e20027acb"

    def put(name, expect, comment, answer, **about):
        fields = [("secret", about.get("secret", S)), ("seal", about.get("seal", SEAL)),
                  ("sender", about.get("sender", ANNA)),
                  ("sender_key", about.get("sender_key", hpke.public(SENDER))),
                  ("recipient", about.get("recipient", BERT)), ("answer", answer)]
        cases.add("answer", name, expect, comment, fields)
        if not about:
            cases.seed("quick", f"{expect}_answer_{name}", b"a" + answer)

    put("example", "ok", "the example of the specification", good)
    put("other_secret", "refused", "another invitation's secret", good, secret=counting(1, 32))
    put("other_seal", "refused", "another transfer", good, seal=counting(0xa1, 16))
    put("other_sender", "refused", "another sender", good, sender="anne@example.org")
    put("other_recipient", "refused", "another recipient", good, recipient="bart@example.net")
    put("other_sender_key", "refused", "the sender's key was swapped on its way", good,
        sender_key=hpke.public(4))
    put("swapped_key", "refused", "the recipient's key was swapped",
        hpke.public(4) + good[65:])
    put("negated_key", "refused", "the other point with this x",
        hpke.negated(good[:65]) + good[65:])
    put("reflected", "refused", "the sender's own key comes back",
        hpke.public(SENDER) + tag_of(recipient=(BERT, SENDER), secret=bytes(32)))
    put("roles", "refused", "sender and recipient in the other order",
        good[:65] + tag_of(sender=(BERT, RECIPIENT), recipient=(ANNA, SENDER)))
    put("label", "refused", "another label", good[:65] + tag_of(label="couvert/1 quick"))
    put("tag_zero", "refused", "a tag of zero bytes", good[:65] + bytes(32))
    for at in (65, 80, 96):
        put(f"flip_{at}", "refused", f"a bit of byte {at}", flipped(good, at))
    for name, comment, answer in (
            ("empty", "nothing", b""), ("key", "a key alone", good[:65]),
            ("cut", "a byte less", good[:-1]), ("appended", "a byte more", good + b"\0"),
            ("not_on_curve", "no point of the curve", NOT_ON_CURVE + good[65:]),
            ("zero", "zero bytes", bytes(97)),
            ("hybrid", "a key in the hybrid form", bytes([6 + (good[64] & 1)]) + good[1:]),
            ("compressed", "a compressed key", hpke.compressed(good[:65]) + good[65:]),
            ("tag_first", "the tag before the key", good[65:] + good[:65])):
        put(f"form_{name}", "damaged", comment, answer)


def person(private=number(SENDER, 32), key=None, book_key=BOOK_KEY):
    return private + (key or hpke.public(SENDER)) + book_key


def add_persons(cases):
    def context(address=ANNA, label="couvert/1 person"):
        return labelled(label, text(address))

    def put(name, expect, comment, sealed, key=DEVICE_KEY, address=ANNA):
        fields = [("key", key), ("address", address), ("message", sealed)]
        if expect == "ok":
            fields += [("private", number(SENDER, 32)), ("public", hpke.public(SENDER)),
                       ("book_key", BOOK_KEY)]
        cases.add("person", name, expect, comment, fields)

    good = message(DEVICE_KEY, context(), person())
    put("example", "ok", "under a device key", good)
    code_key = mac(CODE, "couvert/1 code", text(ANNA))
    put("code", "ok", "under a code key", message(code_key, context(), person()), code_key)
    put("other_key", "damaged", "another key", good, counting(0x81, 32))
    put("other_address", "damaged", "another address", good, address=BERT)
    put("as_book", "damaged", "sealed as a book",
        message(DEVICE_KEY, context(label="couvert/1 book"), person()))
    put("no_length", "damaged", "the address without its length",
        message(DEVICE_KEY, labelled("couvert/1 person", ANNA.encode()), person()))
    for name, content in (("cut", good[:-1]), ("appended", good + b"\0"), ("empty", b""),
                          ("salt", flipped(good, 0)), ("commitment", flipped(good, 24)),
                          ("cipher", flipped(good, 56)), ("tag", flipped(good, -1))):
        put(name, "damaged", f"the message is spoiled: {name}", content)
    order = number(hpke.ORDER, 32)
    for name, comment, plain in (
            ("short", "128 bytes", person()[:-1]), ("long", "130 bytes", person() + b"\0"),
            ("nothing", "no byte", b""), ("no_book_key", "97 bytes", person()[:97]),
            ("zero", "a private key of zero", person(bytes(32))),
            ("order", "the group's order as a private key", person(order)),
            ("over", "1 more than the group's order",
             person(number(hpke.ORDER + 1, 32))),
            ("all", "a private key of all bits", person(b"\xff" * 32)),
            ("unfit", "the public key of another private one", person(key=hpke.public(2))),
            ("negated", "the other point with this x",
             person(key=hpke.negated(hpke.public(SENDER)))),
            ("not_on_curve", "no point of the curve", person(key=NOT_ON_CURVE)),
            ("hybrid", "a public key in the hybrid form",
             person(key=b"\x07" + hpke.public(SENDER)[1:])),
            ("order_of_fields", "the book key first",
             BOOK_KEY + number(SENDER, 32) + hpke.public(SENDER))):
        sealed = message(DEVICE_KEY, context(), plain)
        put(f"plain_{name}", "damaged", comment, sealed)
        cases.seed("quick", f"damaged_person_{name}", b"p" + plain)
    cases.seed("quick", "ok_person", b"p" + person())


def compact(value):
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def contact(address=BERT, private=RECIPIENT):
    return {"address": address, "key": base64url(hpke.public(private))}


def invitation(**changes):
    return {"to": "carl@example.com", "seal": base64url(SEAL), "secret": base64url(S), **changes}


def book(contacts=None, invitations=None):
    return {"contacts": [contact()] if contacts is None else contacts,
            "invitations": [invitation()] if invitations is None else invitations}


def put_book(cases, name, expect, comment, plain):
    content = plain if isinstance(plain, bytes) else compact(plain)
    cases.add("book", name, expect, comment, [("plain", content)])
    cases.seed("contact_book", f"{expect}_{name}", content)


def add_books(cases):
    put_book(cases, "empty", "ok", "the first book", book([], []))
    put_book(cases, "example", "ok", "one contact, one invitation", book())
    put_book(cases, "more", "ok", "several of each, in the order in which they came", book(
        [contact("z@example.org", 3), contact("a@example.org", 4), contact()],
        [invitation(), invitation(seal=base64url(SLOT)), invitation(to=BERT)]))
    put_book(cases, "escaped", "ok", "addresses of characters that JSON escapes",
             book([contact("\"a\\b\"@example.org"), contact("\u001f/\u007fü@example.org")], []))
    put_book(cases, "longest", "ok", "an address of 254 bytes", book([contact("a" * 254)], []))


def add_wrong_books(cases):
    good = compact(book()).decode()

    def put(name, comment, plain):
        put_book(cases, name, "damaged", comment, plain)

    def replaced(name, comment, old, new):
        assert old in good
        put(name, comment, good.replace(old, new, 1).encode())

    key = base64url(hpke.public(RECIPIENT))
    replaced("blank", "a blank", "{\"contacts\":", "{\"contacts\": ")
    replaced("order", "fields in another order", f'"address":"{BERT}","key":"{key}"',
             f'"key":"{key}","address":"{BERT}"')
    replaced("more_field", "a field more", "\"to\":", "\"since\":0,\"to\":")
    replaced("end_field", "a field behind", "}]}", "}],\"version\":1}")
    replaced("escape", "an escape that is not needed", "bert", "\\u0062ert")
    replaced("slash", "an escaped slash", "bert", "be\\/rt")
    replaced("null", "null for a text", "\"" + BERT + "\"", "null")
    replaced("number", "a number for a text", "\"" + BERT + "\"", "1")
    replaced("comma", "a comma more", "],\"inv", ",],\"inv")
    replaced("case", "a field's name in capitals", "\"seal\"", "\"Seal\"")
    replaced("twice_field", "a field twice", "\"to\":", "\"to\":\"a@example.org\",\"to\":")
    replaced("padded", "base64url with padding", key, key + "=")
    replaced("plus", "base64 with plus", key, "+" + key[1:])
    replaced("rest", "rest bits that are not zero", base64url(SEAL), base64url(SEAL)[:-1] + "x")
    replaced("compressed", "a compressed key", key,
             base64url(hpke.compressed(hpke.public(RECIPIENT))))
    replaced("hybrid", "a key in the hybrid form", key,
             base64url(b"\6" + hpke.public(RECIPIENT)[1:]))
    replaced("key_short", "a key of 64 bytes", key, base64url(hpke.public(RECIPIENT)[:-1]))
    replaced("seal_long", "a seal ID of 17 bytes", base64url(SEAL), base64url(SEAL + b"\0"))
    replaced("secret_short", "a secret of 31 bytes", base64url(S), base64url(S[:-1]))
    replaced("secret_hex", "a secret in hexadecimal", base64url(S), S.hex())
    for name, comment, plain in (
            ("nothing", "no byte", b""), ("object", "an object without fields", b"{}"),
            ("list", "a list", b"[]"), ("cut", "the last byte is missing", good[:-1].encode()),
            ("appended", "a line end", good.encode() + b"\n"),
            ("zero", "a zero byte", good.encode() + b"\0"),
            ("bom", "a byte order mark", b"\xef\xbb\xbf" + good.encode()),
            ("no_invitations", "a list is missing", compact({"contacts": [contact()]})),
            ("swapped", "the lists in the other order",
             compact({"invitations": [], "contacts": []})),
            ("no_key", "a contact without a key",
             compact(book([{"address": BERT}]))),
            ("address_empty", "an empty address", book([contact("")])),
            ("address_long", "an address of 255 bytes", book([contact("a" * 255)])),
            ("address_nul", "a zero character", book([contact("a\0@example.org")])),
            ("address_bytes", "an address that is not UTF-8",
             compact(book()).replace(b"bert", b"ber\xff")),
            ("address_surrogate", "a surrogate", compact(book()).replace(b"bert", b"\\ud83d")),
            ("address_twice", "an address twice", book([contact(), contact(private=4)])),
            ("contact_twice", "a contact twice", book([contact(), contact()])),
            ("to_empty", "an empty recipient", book(None, [invitation(to="")])),
            ("invitation_twice", "a recipient twice in a transfer",
             book(None, [invitation(), invitation(secret=base64url(SEAL + SEAL))]))):
        put(name, comment, plain)


def add_sealed_books(cases):
    plain = compact(book())

    def context(version=7, address=ANNA, label="couvert/1 book"):
        return labelled(label, text(address) + number(version, 8))

    def put(name, expect, comment, sealed, key=BOOK_KEY, address=ANNA, version=7):
        fields = [("key", key), ("address", address), ("version", version), ("message", sealed)]
        cases.add("sealed_book", name, expect, comment,
                  fields + ([("plain", plain)] if expect == "ok" else []))

    good = message(BOOK_KEY, context(), plain)
    put("example", "ok", "version 7", good)
    put("high", "ok", "a version of 53 bits", message(BOOK_KEY, context(2**53 - 1), plain),
        version=2**53 - 1)
    put("other_key", "damaged", "another key", good, key=DEVICE_KEY)
    put("other_address", "damaged", "another person's", good, address=BERT)
    put("older", "damaged", "an older version in the place of this one", good, version=8)
    put("newer", "damaged", "a newer version in the place of this one", good, version=6)
    put("little", "damaged", "the version little-endian",
        message(BOOK_KEY, labelled("couvert/1 book", text(ANNA) + (7).to_bytes(8, "little")),
                plain))
    put("no_version", "damaged", "no version",
        message(BOOK_KEY, labelled("couvert/1 book", text(ANNA)), plain))
    put("as_person", "damaged", "sealed as a person's secret",
        message(BOOK_KEY, context(label="couvert/1 person"), plain))
    put("spelling", "damaged", "sealed well, spelled otherwise",
        message(BOOK_KEY, context(), plain + b" "))
    put("bare", "damaged", "not sealed", plain)
    for name, content in (("cut", good[:-1]), ("appended", good + b"\0"), ("empty", b""),
                          ("salt", flipped(good, 0)), ("commitment", flipped(good, 24)),
                          ("cipher", flipped(good, 56)), ("tag", flipped(good, -1))):
        put(name, "damaged", f"the message is spoiled: {name}", content)


def add_codes(cases):
    good = "aaaqeayeaudaocajbifqydiob4"

    def put(name, expect, comment, typed):
        fields = [("text", typed), ("address", ANNA)]
        cases.add("code", name, expect, comment, fields + (
            [("code", CODE), ("key", mac(CODE, "couvert/1 code", text(ANNA)))]
            if expect == "ok" else []))
        cases.seed("quick", f"{expect}_code_{name}", b"c" + typed.encode())

    put("example", "ok", "the example of the specification", good)
    put("capitals", "ok", "in capitals", good.upper())
    put("groups", "ok", "in groups", "AAAQ EAYE AUDA OCAJ BIFQ YDIO B4")
    put("hyphens", "ok", "with hyphens", "aaaq-eaye-auda-ocaj-bifq-ydio-b4")
    for name, comment, typed in (
            ("empty", "nothing", ""), ("cut", "a character less", good[:-1]),
            ("long", "a character more", good + "a"), ("twice", "two codes", good + good),
            ("rest", "rest bits that are not zero", good[:-1] + "5"),
            ("digit", "a digit that base32 does not have", good[:-1] + "1"),
            ("padded", "with padding", good + "======"), ("dot", "a dot", good[:-1] + "."),
            ("umlaut", "another letter", good[:-1] + "\u00e4"),
            ("hex", "in hexadecimal", CODE.hex()), ("url", "base64url", base64url(CODE))):
        put(f"not_{name}", "invalid", comment, typed)


def add_fingerprints(cases):
    def put(name, comment, address, private):
        hashed = hashlib.sha256(labelled("couvert/1 fingerprint",
                                         text(address) + hpke.public(private))).digest()
        cases.add("fingerprint", name, "ok", comment,
                  [("address", address), ("key", hpke.public(private)), ("text", base32(hashed))])

    put("example", "the example of the specification", ANNA, SENDER)
    put("address", "the same key, another address", BERT, SENDER)
    put("key", "another key", ANNA, RECIPIENT)


def base32(data):
    letters = "abcdefghijklmnopqrstuvwxyz234567"
    bits = int.from_bytes(data, "big") << (-len(data) * 8 % 5)
    count = (len(data) * 8 + 4) // 5
    return "".join(letters[bits >> 5 * i & 31] for i in reversed(range(count)))[:20]


def add_tokens(cases):
    for name, comment, key, label, x in (
            ("device", "how a client says which one it is", DEVICE_KEY, "couvert/1 device",
             text(ANNA) + DEVICE),
            ("member", "how a client says that it has the person's secret", BOOK_KEY,
             "couvert/1 member", text(ANNA))):
        cases.add("token", name, "ok", comment,
                  [("key", key), ("kind", name), ("address", ANNA), ("device", DEVICE),
                   ("token", mac(key, label, x))])
    cases.add("token", "other_address", "ok", "of another address",
              [("key", DEVICE_KEY), ("kind", "device"), ("address", BERT), ("device", DEVICE),
               ("token", mac(DEVICE_KEY, "couvert/1 device", text(BERT) + DEVICE))])
