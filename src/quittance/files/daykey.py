"""The one key of a field device: it signs acts, opens the bundle that is meant for it, and locks the day's folder.

Everything follows from a key that signs statements, kept under a passphrase or in a token: the secrets for opening and
locking are hashes of its signatures on two fixed texts. Ed25519 signatures do not depend on chance (RFC 8032), and no
statement begins like these texts, since what is signed of a statement is its DSSE encoding.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256

from quittance.errors import UsageError
from quittance.record.keys import Signer, key_id, require_public_key
from quittance.vault.age import decryption

_READER = b"quittance.day-reader.v1"
_WRAPPING = b"quittance.day-wrapping.v1 "
_LETTERS = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
_GENERATOR = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)


@dataclass(frozen=True, slots=True)
class Device:
    """What a device may tell anybody: its public key, and for whom a bundle is encrypted so that it can open it.

    >>> Device(bytes.fromhex("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"), "age1q").text
    'd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a:age1q'
    """

    public: bytes
    recipient: str

    @property
    def text(self) -> str:
        """Both in one word, to be carried to who makes the bundle."""
        return f"{self.public.hex()}:{self.recipient}"

    @classmethod
    def parse(cls, text: str) -> Device:
        """The device that a word names; raises `UsageError` (`day.device_word`), `KeyRefused` (`key.public`)."""
        public, colon, recipient = text.strip().partition(":")
        try:
            key = bytes.fromhex(public)
        except ValueError:
            key = b""
        if not colon or len(key) != 32 or not recipient.startswith("age1"):
            raise UsageError(
                'A device is named by the word that "quittance handover device" prints on it. Copy the whole line.',
                code="day.device_word",
            )
        require_public_key(key)
        return cls(key, recipient)


class DeviceKey:
    """A device's key, opened. `public` and `recipient` may be told to anybody; nothing else leaves this object."""

    def __init__(self, signer: Signer) -> None:
        self.signer = signer
        self.public = signer.public
        self.keyid = key_id(signer.public)

    @property
    def recipient(self) -> str:
        """The age public key (`age1...`) for which a bundle is encrypted; needs the extra `vault`."""
        return recipient_of(self._identity())

    @property
    def device(self) -> Device:
        """What may be told of this device."""
        return Device(self.public, self.recipient)

    def decryption(self) -> Callable[[bytes], bytes | None]:
        """What opens a bundle that was encrypted for `recipient`, or gives None."""
        return decryption(self._identity())

    def wrapping(self, bundle: str) -> bytes:
        """The key, 32 bytes, under which the folder of one bundle keeps its own key."""
        return sha256(self.signer.sign(_WRAPPING + bundle.encode())).digest()

    def _identity(self) -> str:
        return identity_text(sha256(self.signer.sign(_READER)).digest())


def recipient_of(identity: str) -> str:
    """The age public key that belongs to a secret key; needs the extra `vault`."""
    import pyrage  # type: ignore[import-untyped]

    return str(pyrage.x25519.Identity.from_str(identity).to_public())


def identity_text(secret: bytes) -> str:
    """An X25519 secret key in the spelling of age: Bech32 (BIP 173) with `age-secret-key-`, in capitals."""
    human = "age-secret-key-"
    digits = _five_bits(secret)
    head = [ord(sign) >> 5 for sign in human] + [0] + [ord(sign) & 31 for sign in human]
    checksum = _polymod(head + digits + [0] * 6) ^ 1
    digits += [checksum >> shift & 31 for shift in range(25, -5, -5)]
    return (human + "1" + "".join(_LETTERS[digit] for digit in digits)).upper()


def _five_bits(data: bytes) -> list[int]:
    """The bits of `data` in fives, filled up with zeros."""
    length = -(-len(data) * 8 // 5)
    number = int.from_bytes(data, "big") << (length * 5 - len(data) * 8)
    return [number >> shift & 31 for shift in range((length - 1) * 5, -5, -5)]


def _polymod(digits: list[int]) -> int:
    """The checksum of Bech32 over digits of five bits."""
    value = 1
    for digit in digits:
        top, value = value >> 25, (value & 0x1FFFFFF) << 5 ^ digit
        for at, generator in enumerate(_GENERATOR):
            if top >> at & 1:
                value ^= generator
    return value
