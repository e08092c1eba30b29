"""Between which two moments an entry must have come about, by the clocks of witnesses and of nobody else.

A statement names the note that its drafter had seen: nobody could know the cosignatures in it before they were made.
And no witness cosigns a tree that holds an entry before the entry exists.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from hashlib import sha256

from quittance.record.checkpoint import Checkpoint, OpenedCheckpoint
from quittance.record.note import Note
from quittance.record.statement import Seen, Statement

TOLERANCE = 600
"""By how many seconds a signer's clock may be off before the claim is flagged."""

_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 - all times here are UTC
_LAST = 253402300799


@dataclass(frozen=True, slots=True)
class Bracket:
    """Lower and upper bound in POSIX seconds; None is an open end."""

    low: int | None
    high: int | None

    def flag(self, claimed_at: str) -> str | None:
        """`backdated` or `postdated` for a claim outside, None for one inside or at an open end.

        Where the lower bound is after the upper, a witness's clock is wrong, and no signer can be blamed for it:
        `clocks_differ`.
        """
        if self.low is not None and self.high is not None and self.low > self.high + TOLERANCE:
            return "clocks_differ"
        # Times in the one form that claims have sort as texts, which is quicker than reading each claim.
        if self.low is not None and claimed_at < _written(self.low - TOLERANCE):
            return "backdated"
        if self.high is not None and claimed_at > _written(self.high + TOLERANCE):
            return "postdated"
        return None


@lru_cache
def _written(time: int) -> str:
    """POSIX seconds as a claim is written; no claim is later than the year 9999."""
    return f"{_EPOCH + timedelta(seconds=min(time, _LAST)):%Y-%m-%dT%H:%M:%SZ}"


@lru_cache(16)  # many statements of one import have seen the same head
def seen_of(note: bytes) -> Seen:
    """What a statement says of the tree head that its drafter has seen: size, root and SHA-256 of the whole note."""
    checkpoint = Checkpoint.parse(Note.parse(note).text)
    return Seen(checkpoint.size, checkpoint.root, sha256(note).hexdigest())


class Brackets:
    """The brackets of the entries of a log, from the heads that were kept of it; each was opened, so verified."""

    def __init__(self, heads: Mapping[str, OpenedCheckpoint]) -> None:
        """`heads` by the SHA-256 of their notes in hex."""
        self._heads = heads
        times = sorted(
            (head.checkpoint.size, min(one.time for one in head.cosigned)) for head in heads.values() if head.cosigned
        )
        self._upper: list[tuple[int, int]] = []
        earliest: int | None = None
        for size, time in reversed(times):
            earliest = time if earliest is None else min(earliest, time)
            self._upper.append((size, earliest))
        self._upper.reverse()

    def knows(self, seen: Seen) -> bool:
        """Whether the note that a statement names is among the heads, for the same tree."""
        head = self._heads.get(seen.note_sha256)
        return head is not None and (head.checkpoint.size, head.checkpoint.root) == (seen.size, seen.root)

    def of(self, index: int, statement: Statement) -> Bracket:
        """The bracket of the entry at `index`."""
        low = high = None
        if statement.seen is not None and self.knows(statement.seen):
            cosigned = self._heads[statement.seen.note_sha256].cosigned
            low = max((one.time for one in cosigned), default=None)
        at = bisect_right(self._upper, index, key=lambda bound: bound[0])
        if at < len(self._upper):
            high = self._upper[at][1]
        return Bracket(low, high)
