"""What the vault holds of batches: its tables for them, and the cells that are as long for everybody.

Everything about a person lies under that person's own key, also a row of a snapshot and the true reason of a drop-out,
so that an erasure destroys it; a batch's own subject holds nothing personal. What the neutral and the medical officer
say is written for everybody of a round at once, in cells of one length: neither the number of writes nor their sizes
tell about whom something was said.
"""

from __future__ import annotations

from hashlib import sha256

from quittance.vault.columns import Columns

TRAIT, GIVEN = "trait", "given"
"""What the register says of an entry: the fields of the rules, as JSON."""

CLEARED = "cleared"
"""The column with what an office says of all its gates; also the field of the record's commitments to it."""

OFFICES = ("neutral", "medical")
"""The offices whose word is sealed."""

DOCUMENT = "document"
"""Table and column: number and day of the paper behind one gate of one entry, as given; one row a gate."""

SKIP = "skip"
"""Table and column: why somebody did not go with a batch, as it was; one row a batch."""

SNAPSHOT, ROW = "snapshot", "row"
"""One row of a frozen register; the row's id says of which."""

PROPOSAL, ABOUT = "proposal", "about"
"""A batch: list, size, rules, seed and hashes. Who is in it follows from these and the snapshot."""

PADDED = 512
"""Sealed cells have this length, or the next multiple of it."""


def cleared_by(office: str) -> str:
    """The table with what an office says."""
    return f"cleared-{office}"


HANDOVERS: Columns = {
    TRAIT: {GIVEN: None},
    **{cleared_by(office): {CLEARED: None} for office in OFFICES},
    DOCUMENT: {DOCUMENT: None},
    SKIP: {SKIP: None},
    SNAPSHOT: {ROW: None},
    PROPOSAL: {ABOUT: None},
}


def row_of(*names: str) -> str:
    """The id of a row by what it belongs to, where one person has several.

    >>> row_of("b1") == row_of("b1") != row_of("b2")
    True
    """
    return sha256("\n".join(names).encode()).hexdigest()[:32]


def padded(text: str) -> str:
    """A cell of the common length; `text` is JSON, to which spaces at its end mean nothing.

    >>> len(padded("{}"))
    512
    """
    size = len(text.encode())
    return text + " " * (-size % PADDED)
