"""The reserve: who can take the seat of somebody in the batch so that the batch stays legal (section 6).

Only limits by class count here. What is legal depends on the two signatures alone, so it is asked once for each.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from quittance.selection.limits import Seats


@dataclass(frozen=True, slots=True)
class Reserve:
    """A person who can replace `can_replace` members of the batch, one for one."""

    rank: int
    can_replace: int


def reserves(seats: Seats, taken: Iterable[int], length: int) -> tuple[Reserve, ...]:
    """The first `length` people in order, not among the ranks `taken`, who can replace at least one of those."""
    taken = set(taken)
    swaps = _Swaps(seats, taken)
    found: list[Reserve] = []
    for rank, signature in _others(seats, taken):
        if len(found) >= length:
            break
        if can_replace := swaps.replaceable(signature):
            found.append(Reserve(rank, can_replace))
    return tuple(found)


def substitute(seats: Seats, taken: Collection[int], out: int, used: Collection[int] = ()) -> int | None:
    """The rank of the first person in order, neither `taken` nor `used`, who may take the seat of rank `out`.

    None when nobody may: the seat stays empty. `taken` are the ranks in the batch, `out` among them.
    """
    swaps = _Swaps(seats, taken)
    leaving = seats.signature_of[out - 1]
    barred = {*taken, *used}
    return next((rank for rank, entering in _others(seats, barred) if swaps.legal(leaving, entering)), None)


def _others(seats: Seats, barred: Collection[int]) -> Iterator[tuple[int, int]]:
    """Rank and signature of everybody but those barred."""
    signatures = seats.signature_of
    for rank in range(1, len(signatures) + 1):
        if rank not in barred:
            yield rank, int(signatures[rank - 1])


class _Swaps:
    """Which signature may take the seat of which, in a batch of the ranks `taken`."""

    def __init__(self, seats: Seats, taken: Iterable[int]) -> None:
        self.rows_of = seats.rows_of
        self.members: dict[int, int] = {}
        for rank in taken:
            signature = int(seats.signature_of[rank - 1])
            self.members[signature] = self.members.get(signature, 0) + 1
        counts = [0] * len(seats.rows)
        for signature, count in self.members.items():
            for at in self.rows_of[signature]:
                counts[at] += count
        self.full = {at for at, (row, count) in enumerate(zip(seats.rows, counts, strict=True)) if count >= row.hi}
        self.needed = {at for at, (row, count) in enumerate(zip(seats.rows, counts, strict=True)) if count <= row.lo}
        self.known: dict[int, int] = {}

    def legal(self, leaving: int, entering: int) -> bool:
        """Whether the batch keeps every limit when one of `leaving` goes and one of `entering` comes."""
        for out, in_ in zip(self.rows_of[leaving], self.rows_of[entering], strict=True):
            if out != in_ and (out in self.needed or in_ in self.full):
                return False
        return True

    def replaceable(self, entering: int) -> int:
        """How many members of the batch one of `entering` may replace."""
        if entering not in self.known:
            members = self.members.items()
            self.known[entering] = sum(count for leaving, count in members if self.legal(leaving, entering))
        return self.known[entering]
