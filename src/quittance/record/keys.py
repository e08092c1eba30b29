"""Keys and signatures of the record: Ed25519 (RFC 8032) in its strictest reading, so that every verifier agrees.

Libraries differ at the edges: points of small order, for which one signature fits many messages, and points or numbers
that are not in their only spelling. All of those are refused here, whichever library does the arithmetic.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from hashlib import sha256
from typing import Protocol

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from quittance.errors import RefusedError
from quittance.record.envelope import Signature, pae
from quittance.record.statement import PAYLOAD_TYPE, Statement

PUBLIC_BYTES = 32
SIGNATURE_BYTES = 64

_KEYS_KEPT = 4096
_FIELD = 2**255 - 19
_CURVE = -121665 * pow(121666, -1, _FIELD)  # the d of RFC 8032, 5.1
_SIGN = 1 << 255
_ORDER_8 = 0x7A03AC9277FDC74EC6CC392CFA53202A0F67100D760B3CBA4FD84D3D706A17C7
_SMALL_ORDER = frozenset({0, 1, _FIELD - 1, _ORDER_8, _FIELD - _ORDER_8})
"""The y of the eight points whose order divides 8."""


class KeyRefused(RefusedError):
    """A public key or seed that must not be used; `code` says why."""

    code = "key.refused"


class Signer(Protocol):
    """Something that holds a secret key: a seed in memory, a token, an agent."""

    @property
    def public(self) -> bytes:
        """The public key, 32 bytes."""
        ...

    def sign(self, message: bytes) -> bytes:
        """The Ed25519 signature over `message`, 64 bytes."""
        ...


class SeedSigner:
    """A signer in memory, made from the 32 bytes of RFC 8032's secret key; raises `KeyRefused` (`key.seed`)."""

    __slots__ = ("_key", "_public")

    def __init__(self, seed: bytes) -> None:
        if len(seed) != PUBLIC_BYTES:
            raise KeyRefused(f"The seed of a key has {len(seed)} bytes, not {PUBLIC_BYTES}.", code="key.seed")
        self._key = Ed25519PrivateKey.from_private_bytes(seed)
        self._public = self._key.public_key().public_bytes_raw()

    @property
    def public(self) -> bytes:
        """The public key, 32 bytes."""
        return self._public

    def sign(self, message: bytes) -> bytes:
        """The Ed25519 signature over `message`, 64 bytes."""
        return self._key.sign(message)


def key_id(public: bytes) -> str:
    """The DSSE `keyid` of a public key, also its fingerprint: lower-case hex SHA-256 of the raw bytes."""
    return sha256(public).hexdigest()


def require_public_key(public: bytes) -> None:
    """Return if `public` may be enrolled: 32 bytes that are the only spelling of a point not of small order.

    Raises `KeyRefused` (`key.public`) otherwise.
    """
    if len(public) != PUBLIC_BYTES:
        raise KeyRefused(f"The public key has {len(public)} bytes, not {PUBLIC_BYTES}.", code="key.public")
    if not _is_strict(public) or not _is_on_curve(public):
        raise KeyRefused(
            "The public key is not a point of Ed25519 in its only spelling, or one of small order, with which a "
            "signature proves nothing. Ask the holder for a key from a sound generator.",
            code="key.public",
        )


def verify(public: bytes, signature: bytes, message: bytes) -> bool:
    """Whether `signature` is that of `public` over `message`.

    False also for a key or an R of small order or not in its only spelling, and for an S not below the group order.
    """
    return (
        len(signature) == SIGNATURE_BYTES
        and _is_strict_key(public)
        and _is_strict(signature[:PUBLIC_BYTES])
        and _check(public, signature, message)
    )


def sign_statement(statement: Statement, *signers: Signer) -> tuple[Signature, ...]:
    """The signatures of `signers` over the PAE of the statement, sorted by key id as a leaf holds them."""
    message = pae(PAYLOAD_TYPE, statement.payload)
    signatures = [Signature(key_id(signer.public), signer.sign(message)) for signer in signers]
    return tuple(sorted(signatures, key=lambda signature: signature.keyid))


def _is_strict(point: bytes) -> bool:
    """Whether 32 bytes hold a y that is reduced and not that of a small-order point; the curve is not asked."""
    y = int.from_bytes(point, "little") & (_SIGN - 1)
    return y < _FIELD and y not in _SMALL_ORDER


@lru_cache(_KEYS_KEPT)
def _is_on_curve(point: bytes) -> bool:
    """Whether an x belongs to this y: (y^2 - 1) / (d y^2 + 1) must be a square, of which x = 0 is no case here."""
    square = (int.from_bytes(point, "little") & (_SIGN - 1)) ** 2 % _FIELD
    return pow((square - 1) * (_CURVE * square + 1), (_FIELD - 1) // 2, _FIELD) == 1


@lru_cache(_KEYS_KEPT)
def _is_strict_key(public: bytes) -> bool:
    return len(public) == PUBLIC_BYTES and _is_strict(public)


@lru_cache(_KEYS_KEPT)
def _loaded(public: bytes) -> Ed25519PublicKey:
    return Ed25519PublicKey.from_public_bytes(public)


def _check_with_cryptography(public: bytes, signature: bytes, message: bytes) -> bool:
    try:
        _loaded(public).verify(signature, message)
    except InvalidSignature:
        return False
    return True


def _nacl_check() -> Callable[[bytes, bytes, bytes], bool] | None:
    """The same check with libsodium, which takes about half the time, if PyNaCl is installed."""
    try:
        from nacl.bindings import crypto_sign_open
        from nacl.exceptions import BadSignatureError
    except ImportError:
        return None

    def check(public: bytes, signature: bytes, message: bytes) -> bool:
        try:
            crypto_sign_open(signature + message, public)
        except BadSignatureError:
            return False
        return True

    return check


_check = _nacl_check() or _check_with_cryptography
