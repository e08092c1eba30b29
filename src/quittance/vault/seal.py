"""How the vault seals: AES-256-GCM bound to the place of a value, keys wrapped by a key, blind indexes.

Sealed bytes are `nonce(12) || ciphertext || tag(16)`. The associated data name agreement, table, row, column and
version, so that a value moved to another place, or back from an older version, does not open. Nonces are random: a
person's key seals thousands of values, far below the 2^32 for which that is safe (NIST SP 800-38D, 8.3).
"""

from __future__ import annotations

import hmac
from hashlib import sha256
from typing import NamedTuple

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from quittance.canon import canonical
from quittance.errors import QuittanceError

KEY_BYTES = 32
NONCE_BYTES = 12
TAG_BYTES = 16

_FINGERPRINT_PREFIX = b"quittance.vault-key.v1"


class VaultError(QuittanceError):
    """The vault refuses an act, is damaged, or is held by another program; `code` says which. Never carries a value."""

    code = "vault.refused"


class Cell(NamedTuple):
    """The place of one sealed value: where it lies and its version, 1 for the first."""

    table: str
    row: str
    column: str
    version: int


def value_aad(agreement: str, cell: Cell) -> bytes:
    """What a sealed value is bound to."""
    return canonical(["quittance.vault.v1", agreement, *cell])


def key_aad(agreement: str, person: str) -> bytes:
    """What a person's wrapped key is bound to."""
    return canonical(["quittance.vault-person-key.v1", agreement, person])


def index_aad(agreement: str) -> bytes:
    """What the wrapped key of the blind indexes is bound to."""
    return canonical(["quittance.vault-index-key.v1", agreement])


def seal(key: bytes, nonce: bytes, plain: bytes, aad: bytes) -> bytes:
    """`plain` sealed; `nonce` is 12 random bytes, never used twice with one key."""
    if len(key) != KEY_BYTES or len(nonce) != NONCE_BYTES:
        raise VaultError(
            f"A key must have {KEY_BYTES} bytes and a nonce {NONCE_BYTES}. Check the key and the random source.",
            code="vault.key_length",
        )
    return nonce + AESGCM(key).encrypt(nonce, plain, aad)


def unseal(key: bytes, sealed: bytes, aad: bytes) -> bytes:
    """What `seal` was given; raises `VaultError` (`vault.sealed`) for another key, place, version or a changed bit."""
    try:
        return AESGCM(key).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], aad)
    except (InvalidTag, ValueError):
        raise VaultError(
            "A sealed value does not open in its place: it was changed, moved, or sealed with another key. "
            "Restore the vault from a backup.",
            code="vault.sealed",
        ) from None


def blind_key(index_key: bytes, agreement: str, table: str, column: str) -> bytes:
    """The key of one column's blind index, so that equal values in two columns do not show as equal."""
    return hmac.digest(index_key, canonical(["quittance.blind-key.v1", agreement, table, column]), sha256)


def blind(column_key: bytes, agreement: str, table: str, column: str, normalised: str) -> bytes:
    """The 32 bytes under which a normalised value can be found by who holds the column's key."""
    return hmac.digest(column_key, canonical(["quittance.blind.v1", agreement, table, column, normalised]), sha256)


def key_fingerprint(key: bytes) -> str:
    """The name of a key-encryption key in hex; tells nothing about the key, which is random."""
    return sha256(_FINGERPRINT_PREFIX + key).hexdigest()
