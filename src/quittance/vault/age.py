"""Encryption for a reader elsewhere with age (X25519), and back; nothing is written in between.

The package `pyrage` (extra `vault`) does it; without it both functions raise `ModuleNotFoundError`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from quittance.vault.seal import VaultError


def encryption(recipients: Sequence[str]) -> Callable[[bytes], bytes]:
    """What encrypts for all recipients (`age1...`); raises `VaultError` (`vault.recipient`) for none or a wrong one."""
    import pyrage  # type: ignore[import-untyped]

    try:
        keys = [pyrage.x25519.Recipient.from_str(recipient.strip()) for recipient in recipients]
    except pyrage.RecipientError:
        keys = []
    if not keys:
        raise VaultError(
            "A recipient is not an age public key. Give one or more that begin with age1.", code="vault.recipient"
        )
    return lambda plain: bytes(pyrage.encrypt(plain, keys))


def decryption(identity: str) -> Callable[[bytes], bytes | None]:
    """What decrypts with an age secret key (`AGE-SECRET-KEY-1...`), or gives None for what is not for it or changed.

    Raises `VaultError` (`vault.identity`) for a text that is no such key.
    """
    import pyrage

    try:
        key = pyrage.x25519.Identity.from_str(identity.strip())
    except pyrage.IdentityError:
        key = None
    if key is None:  # raised here, so that no context of the error quotes the secret
        raise VaultError("The identity is not an age secret key. Give the whole line.", code="vault.identity")

    def decrypt(sealed: bytes) -> bytes | None:
        try:
            return bytes(pyrage.decrypt(sealed, [key]))
        except pyrage.DecryptError:
            return None

    return decrypt
