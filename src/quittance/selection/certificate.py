"""Proof that no batch can be completed, as whole numbers that anybody can add up (reference: selection, section 4).

Every line of the seats, a class of a quota or "all seats", gets an integer multiplier. Added up with them, the lines
say that one and the same number is at most R (by the limits) and at least L (by who is there and who was taken). L > R
cannot be, so no such batch exists, whatever program proposed the multipliers.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from quittance.selection.limits import Limit, Seats

Certificate: TypeAlias = tuple[tuple[str, str, int], ...]
"""(quota, class, multiplier) for each line whose multiplier is not 0; ("", "", m) is the line "all seats"."""

_SCALES = (1, 2, 3, 4, 6, 12, 60, 1_000, 1_000_000)
_NOTHING = 1e-9


@dataclass(frozen=True, slots=True)
class Line:
    """A weighted sum over the counts by signature that must lie between `lo` and `hi`; without `weights` all are 1."""

    quota: str
    class_: str
    lo: int
    hi: int
    members: Sequence[int]
    weights: Sequence[int] | None = None


def lines_of(seats: Seats) -> tuple[Line, ...]:
    """Everything that a batch must satisfy: the rows, the sums of a points-first batch, and all seats as last line."""
    everybody = range(len(seats.signatures))
    rows = [Line(row.quota, row.class_, row.lo, row.hi, row.members) for row in seats.rows]
    sums = [Line("", total.name, total.value, total.value, everybody, total.weights) for total in seats.sums]
    return (*rows, *sums, Line("", "", seats.size, seats.size, everybody))


def bounds(seats: Seats, accepted: Sequence[int], adding: int | None) -> tuple[list[int], list[int]]:
    """The least and the most of each signature: who was taken and one more of `adding`, and the people there are."""
    least = list(accepted)
    if adding is not None:
        least[adding] += 1
    return least, most_of(seats)


def most_of(seats: Seats) -> list[int]:
    """The most that each signature can have: its people, or all seats."""
    size = seats.size
    return [people if people < size else size for people in seats.sizes]


def proves(lines: Sequence[Line], least: Sequence[int], most: Sequence[int], multipliers: Sequence[int]) -> bool:
    """Whether the multipliers show that no counts between `least` and `most` satisfy all lines. Plain integers only."""
    weights = [0] * len(least)
    right = 0
    for line, times in zip(lines, multipliers, strict=True):
        if times:
            right += max(times * line.lo, times * line.hi)
            if line.weights is None:
                for member in line.members:
                    weights[member] += times
            else:
                for member in line.members:
                    weights[member] += times * line.weights[member]
    left = sum([w * low if w > 0 else w * high for w, low, high in zip(weights, least, most, strict=True)])
    return left > right


def certify(seats: Seats, accepted: Sequence[int], adding: int | None, certificate: Certificate) -> bool:
    """Whether a published certificate proves that one more of `adding` cannot be completed after `accepted`.

    A line that the seats do not have, or one that is named twice, makes the certificate worthless.
    """
    lines = lines_of(seats)
    times = {(quota, class_): multiplier for quota, class_, multiplier in certificate}
    named = {(line.quota, line.class_) for line in lines}
    if len(times) != len(certificate) or not times.keys() <= named:
        return False
    least, most = bounds(seats, accepted, adding)
    return proves(lines, least, most, [times.get((line.quota, line.class_), 0) for line in lines])


def rounded(ray: Sequence[float]) -> Iterator[list[int]]:
    """Whole multipliers near a direction that a linear program gave, the smallest first, in both signs."""
    smallest = min((abs(value) for value in ray if abs(value) > _NOTHING), default=None)
    if smallest is None:
        return
    for scale in _SCALES:
        whole = [round(value / smallest * scale) for value in ray]
        yield whole
        yield [-value for value in whole]


def named(lines: Sequence[Line], multipliers: Sequence[int]) -> Certificate:
    """Multipliers in the form in which they are published."""
    pairs = zip(lines, multipliers, strict=True)
    return tuple((line.quota, line.class_, times) for line, times in pairs if times)


def limits_used(seats: Seats, certificate: Certificate) -> frozenset[Limit]:
    """The limits that a certificate needs: a positive multiplier leans on the maximum of its line, a negative on the
    minimum. With every other limit gone it still proves the same.
    """
    times = {(quota, class_): multiplier for quota, class_, multiplier in certificate}
    used: set[Limit] = set()
    for limit in candidates(seats):
        multiplier = times.get((limit.quota, limit.class_), 0)
        if multiplier > 0 if limit.bound == "max" else multiplier < 0 or (multiplier and not limit.quota):
            used.add(limit)
    return frozenset(used)


def candidates(seats: Seats) -> tuple[Limit, ...]:
    """Every limit that can forbid anything, in canonical order, the sums of a points-first batch last."""
    sums = (Limit("", total.name, "min", total.value) for total in seats.sums)
    return (*seats.candidates(), *sums)
