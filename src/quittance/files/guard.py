"""The formula guard: what an office program would run as a formula leaves as text, and comes back as it was.

A cell that begins with = + - @ (after spaces), a tab, a line end or an apostrophe gets an apostrophe before it. The
file says so by a last column of its own, and only then does reading take the apostrophe away again.
"""

from __future__ import annotations

FLAG = "quittance-text-guard"
"""Header of the last column of a guarded file; its cells are empty."""

_STARTS = ("=", "+", "-", "@", "＝", "＋", "－", "＠")
_BLANK = ("\t", "\r", "\n")


def needs_guard(cell: str) -> bool:
    """Whether an office program could take a cell for a formula, or for one that is guarded already."""
    return cell.startswith(("'", *_BLANK)) or cell.lstrip().startswith(_STARTS)


def guard(cell: str) -> str:
    """The cell as it is written to a guarded file.

    >>> guard("+93 70 000 0000"), guard("Rahim")
    ("'+93 70 000 0000", 'Rahim')
    """
    return "'" + cell if needs_guard(cell) else cell


def unguard(cell: str) -> str:
    """The cell that `guard` was given."""
    return cell[1:] if cell.startswith("'") else cell
