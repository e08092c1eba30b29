"""The code by which people call a list entry, where views and their users look for it."""

from __future__ import annotations

from quittance.codes import DIGITS, HALF, code_of, read_code

__all__ = ["DIGITS", "HALF", "code_of", "read_code"]
