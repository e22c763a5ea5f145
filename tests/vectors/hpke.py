"""HPKE (RFC 9180) over P-256 with HKDF-SHA256, on PyCryptodome's curve and ciphers.

The functions take switches for what a wrong implementation would do.
"""

import hashlib
import hmac

from Cryptodome.Cipher import AES
from Cryptodome.PublicKey import ECC

CURVE = "P-256"
ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551
PRIME = 0xffffffff00000001000000000000000000000000ffffffffffffffffffffffff
MODE_BASE, MODE_AUTH = 0, 2
AES_128, AES_256 = 1, 2


def point_of(private):
    return ECC.construct(curve=CURVE, d=private).pointQ


def written(point):
    """The uncompressed form."""
    return b"\4" + int(point.x).to_bytes(32, "big") + int(point.y).to_bytes(32, "big")


def public(private):
    return written(point_of(private))


def negated(key):
    """The other point with the same x."""
    y = PRIME - int.from_bytes(key[33:], "big")
    return key[:33] + y.to_bytes(32, "big")


def compressed(key):
    return bytes([2 + (key[64] & 1)]) + key[1:33]


def dh(private, key):
    x, y = int.from_bytes(key[1:33], "big"), int.from_bytes(key[33:], "big")
    return int((ECC.EccPoint(x, y, CURVE) * private).x).to_bytes(32, "big")


def extract(suite, salt, label, secret):
    return hmac.new(salt, b"HPKE-v1" + suite + label + secret, hashlib.sha256).digest()


def expand(suite, key, label, info, length):
    labelled = length.to_bytes(2, "big") + b"HPKE-v1" + suite + label + info
    return hmac.new(key, labelled + b"\1", hashlib.sha256).digest()[:length]


def encap(ephemeral, recipient, sender, mode):
    """The shared secret of AuthEncap(), or of Encap() in mode_base."""
    suite = b"KEM\0\x10"
    both = dh(ephemeral, recipient)
    context = public(ephemeral) + recipient
    if mode == MODE_AUTH:
        both += dh(sender, recipient)
        context += public(sender)
    return expand(suite, extract(suite, b"", b"eae_prk", both), b"shared_secret", context, 32)


def schedule(shared, info, mode, aead):
    suite = b"HPKE\0\x10\0\1" + aead.to_bytes(2, "big")
    context = bytes([mode]) + extract(suite, b"", b"psk_id_hash", b"")
    context += extract(suite, b"", b"info_hash", info)
    secret = extract(suite, shared, b"secret", b"")
    return (expand(suite, secret, b"key", context, 16 if aead == AES_128 else 32),
            expand(suite, secret, b"base_nonce", context, 12))


def seal(ephemeral, recipient, sender, info, plain, mode=MODE_AUTH, aead=AES_256, aad=b"",
         sequence=0):
    """enc || ciphertext. `recipient` is a public key, the others are private ones."""
    key, nonce = schedule(encap(ephemeral, recipient, sender, mode), info, mode, aead)
    nonce = bytes(a ^ b for a, b in zip(nonce, sequence.to_bytes(12, "big")))
    cipher = AES.new(key, AES.MODE_GCM, nonce=nonce)
    cipher.update(aad)
    sealed, tag = cipher.encrypt_and_digest(plain)
    return public(ephemeral) + sealed + tag


def check():
    """RFC 9180, appendix A.3.3."""
    ephemeral = 0x6b8de0873aed0c1b2d09b8c7ed54cbf24fdf1dfc7a47fa501f918810642d7b91
    sender = 0x1120ac99fb1fccc1e8230502d245719d1b217fe20505c7648795139d177f0de9
    recipient = public(0xd929ab4be2e59f6954d6bedd93e638f02d4046cef21115b00cdda2acb2a4440e)
    shared = encap(ephemeral, recipient, sender, MODE_AUTH)
    assert shared.hex() == "d4aea336439aadf68f9348880aa358086f1480e7c167b6ef15453ba69b94b44f"
    key, nonce = schedule(shared, b"Ode on a Grecian Urn", MODE_AUTH, AES_128)
    assert (key.hex(), nonce.hex()) == ("19aa8472b3fdc530392b0e54ca17c0f5",
                                        "b390052d26b67a5b8a8fcaa4")
