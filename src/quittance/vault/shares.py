"""The key-encryption key in words, split among n holders of whom any k can bring it back (SLIP-39).

For a copy of the key in several places, never for signing. The package `shamir-mnemonic` (extra `vault`) does the
arithmetic and draws its own random numbers from the system; without it both functions raise `ModuleNotFoundError`.
"""

from __future__ import annotations

from collections.abc import Iterable

from quittance.vault.seal import KEY_BYTES, VaultError

MAX_SHARES = 16


def split(key: bytes, needed: int, holders: int) -> list[str]:
    """One line of 33 words for each holder; any `needed` of them give the key, fewer give nothing.

    Raises `VaultError` (`vault.shares`) unless 2 <= needed <= holders <= 16 and the key has 32 bytes.
    """
    from shamir_mnemonic.shamir import generate_mnemonics  # type: ignore[import-untyped]

    if len(key) != KEY_BYTES or not 2 <= needed <= holders <= MAX_SHARES:
        raise VaultError(
            f"{needed} of {holders} is no way to share a key of {KEY_BYTES} bytes. "
            f"Choose at least 2 of at most {MAX_SHARES}.",
            code="vault.shares",
        )
    # The key is random, so that slowing down guesses at a passphrase, which there is none, would be wasted time.
    (shares,) = generate_mnemonics(1, [(needed, holders)], key, iteration_exponent=0)
    return list(shares)


def join(shares: Iterable[str]) -> bytes:
    """The key that exactly as many shares as are needed give, in any order.

    Raises `VaultError` (`vault.shares`) for a mistyped word, too few, too many, or shares of different keys.
    """
    from shamir_mnemonic.shamir import combine_mnemonics
    from shamir_mnemonic.utils import MnemonicError  # type: ignore[import-untyped]

    try:
        key = bytes(combine_mnemonics([" ".join(share.lower().split()) for share in shares]))
    except (MnemonicError, ValueError):  # what the package says quotes words of the shares
        key = b""
    if len(key) != KEY_BYTES:
        raise VaultError(
            "These shares do not give a key. Check every word, and give exactly as many shares of one set as are "
            "needed, each once.",
            code="vault.shares",
        )
    return key
