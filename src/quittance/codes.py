"""The code by which people call a list entry, or a person: a few digits of its handle, to be read, said and linked.

The handle is random to everybody who has not the vault, and stands in the record anyway; so the code tells nothing.
"""

from __future__ import annotations

from quittance.record.envelope import decode64

DIGITS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Base 32 without I, L, O and U, after Crockford."""

HALF = 5
_READ_AS = str.maketrans("OIL", "011", "- ")


def code_of(handle: str) -> str:
    """The code of a handle in base64: its first 50 bits in ten digits, such as `7KQ2M-X4C9D`."""
    number = int.from_bytes(decode64(handle, "A handle")[:7], "big") >> 6
    digits = "".join(DIGITS[number >> shift & 31] for shift in range(45, -5, -5))
    return f"{digits[:HALF]}-{digits[HALF:]}"


def read_code(text: str) -> str | None:
    """A code as somebody typed it, in its one spelling; None for what is no code.

    >>> read_code("7kq2m x4c9d")
    '7KQ2M-X4C9D'
    """
    digits = text.upper().translate(_READ_AS)
    if len(digits) != 2 * HALF or not set(digits) <= set(DIGITS):
        return None
    return f"{digits[:HALF]}-{digits[HALF:]}"
