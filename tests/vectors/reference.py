"""Sealing as spec/sealing.md says, on other libraries than the product's: PyCryptodome, hashlib and
argon2. Everything is deterministic; whoever wants another salt says so.

The functions take switches for what a wrong implementation would do, so that wrong vectors can be
made as that implementation would make them.
"""

import base64
import hashlib
import hmac
import unicodedata

from argon2.low_level import Type, hash_secret_raw
from Cryptodome.Cipher import AES

CHUNK = 16384
SCHEME = b"c2sp.org/chunked-encryption@v1+AEAD_AES_256_GCM"


def counting(first, count):
    """Bytes that count up: 64 65 66 ..."""
    return bytes((first + i) % 256 for i in range(count))


def pattern(count):
    """The examples' plaintext: byte i = (7 i + 3) mod 256."""
    return bytes((7 * i + 3) % 256 for i in range(count))


TK = counting(0x00, 32)
SALT = counting(0x64, 24)
SEAL = counting(0xa0, 16)
SLOT = counting(0xc0, 16)
DAY_KEY = counting(0x20, 32)
MASTER = counting(0xe0, 32)
ARGON2_SALT = counting(0xb0, 16)


def number(value, width):
    return value.to_bytes(width, "big")


def text(value):
    """str(x): length[2] and UTF-8."""
    encoded = value.encode()
    return number(len(encoded), 2) + encoded


def sha512_mac(key, data):
    return hmac.new(key, data, hashlib.sha512).digest()


def mac(key, label, x):
    return sha512_mac(key, label.encode() + b"\0" + x)[:32]


def expand(key, info):
    first = sha512_mac(key, info + b"\1")
    return (first + sha512_mac(key, first + info + b"\2"))[:76]


def derive(key, context, salt=SALT, scheme=SCHEME, extract=False):
    """Key, base nonce and commitment of a message."""
    if extract:
        key = sha512_mac(salt, key)
    out = expand(key, scheme + b"\0" + salt + context)
    return out[:32], out[32:44], out[44:76]


def chunk(keys, index, plain, counter="big", aad=b""):
    """One sealed chunk."""
    width = number(index, 12) if counter == "big" else index.to_bytes(12, "little")
    nonce = bytes(a ^ b for a, b in zip(keys[1], width))
    cipher = AES.new(keys[0], AES.MODE_GCM, nonce=nonce)
    if aad:
        cipher.update(aad)
    sealed, tag = cipher.encrypt_and_digest(plain)
    return sealed + tag


def message(key, context, plain, salt=SALT, cuts=None, first=0, counter="big", aad=b"", **how):
    """A sealed message. `cuts` are the lengths of the chunks' plaintext where they are wrong."""
    keys = derive(key, context, salt, **how)
    if cuts is None:
        cuts = [CHUNK] * (len(plain) // CHUNK) + [len(plain) % CHUNK]
    out = salt + keys[2]
    for i, length in enumerate(cuts):
        out += chunk(keys, first + i, plain[:length], counter, aad)
        plain = plain[length:]
    return out


def labelled(label, x):
    return label.encode() + b"\0" + x


def part_context(mode=1, seal=SEAL, file=0, part=0):
    return labelled("couvert/1 part", number(mode, 1) + seal + number(file, 4) + number(part, 4))


def manifest_context(mode=1, seal=SEAL):
    return labelled("couvert/1 manifest", number(mode, 1) + seal)


def form_context(mode=1, seal=SEAL):
    return labelled("couvert/1 form", number(mode, 1) + seal)


def record_context(mode=1, seal=SEAL, file=0):
    return labelled("couvert/1 record", number(mode, 1) + seal + number(file, 4))


def commitment(sealed):
    return sealed[24:56]


def argon2_parameters(memory=65536, passes=3, lanes=1, salt=ARGON2_SALT):
    return number(memory, 4) + number(passes, 4) + number(lanes, 1) + salt


def password_secret(password, memory=65536, passes=3, salt=ARGON2_SALT):
    """`password` is text."""
    typed = unicodedata.normalize("NFC", password).encode()
    return hash_secret_raw(typed, salt, passes, memory, 1, 32, Type.ID, 0x13)


def keyslot_message(s, kind, parameters=b"", content=TK + bytes(32), mode=1, seal=SEAL, slot=SLOT):
    x = number(mode, 1) + seal + slot + number(kind, 1) + parameters
    return message(s, labelled("couvert/1 keyslot", x), content)


def keyslot(s, kind, parameters=b"", **how):
    head = number(kind, 1) + number(len(parameters), 2) + parameters
    return head + keyslot_message(s, kind, parameters, **how)


def coat(inner, day_key=DAY_KEY, seal=SEAL, slot=SLOT):
    return message(day_key, labelled("couvert/1 coat", seal + slot), inner)


def entry(end, about=bytes(32)):
    """A line of the part table."""
    return number(end, 8) + about


def padded(plain, block=1024):
    return plain + bytes(-len(plain) % block)


def base64url(data):
    return base64.urlsafe_b64encode(data).decode().rstrip("=")
