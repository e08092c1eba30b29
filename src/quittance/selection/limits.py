"""The seats of a batch: how many people each signature has, and how many of each class must and may get a seat.

A signature is the tuple of a person's classes over all quotas. Two ranked people with one signature differ only in
rank, so everything about what is legal is said in counts of signatures (reference: selection, section 4).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import compress
from operator import le
from typing import TYPE_CHECKING, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from quittance.selection.conditions import holds

if TYPE_CHECKING:
    from quittance.selection.order import Ranking
    from quittance.selection.quotas import Quota

Bound: TypeAlias = Literal["min", "max"]
IntArray: TypeAlias = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Limit:
    """One bound of one class of a quota: at least or at most `value` seats."""

    quota: str
    class_: str
    bound: Bound
    value: int

    def as_json(self) -> dict[str, object]:
        """The limit as the result prints it."""
        return {"quota": self.quota, "class": self.class_, "bound": self.bound, "value": self.value}


@dataclass(frozen=True, slots=True)
class Row:
    """A class of a quota: between `lo` and `hi` seats go to the signatures `members`."""

    quota: str
    class_: str
    lo: int
    hi: int
    members: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Sum:
    """A total that a batch must have exactly: the sum of `weights` over its people, by signature."""

    name: str
    weights: tuple[int, ...]
    value: int


@dataclass(frozen=True, eq=False)
class Seats:
    """What makes a batch legal. `signature_of[rank - 1]` is the signature of the person at that rank.

    Rows stand in rules order, and within a quota by the UTF-8 bytes of the class. `sizes` are people per signature.
    """

    size: int
    signatures: tuple[tuple[str, ...], ...]
    sizes: tuple[int, ...]
    rows: tuple[Row, ...]
    sums: tuple[Sum, ...] = ()
    signature_of: Sequence[int] = field(default=(), repr=False)

    @cached_property
    def rows_of(self) -> tuple[tuple[int, ...], ...]:
        """For each signature the indexes of the rows it belongs to, one for each quota."""
        rows_of: list[list[int]] = [[] for _ in self.signatures]
        for at, row in enumerate(self.rows):
            for member in row.members:
                rows_of[member].append(at)
        return tuple(map(tuple, rows_of))

    def under(self, rows: tuple[Row, ...], sums: tuple[Sum, ...] | None = None) -> Seats:
        """The same people and classes under other bounds; `rows` have the members that they have here."""
        changed = replace(self, rows=rows, sums=self.sums if sums is None else sums)
        changed.__dict__["rows_of"] = self.rows_of  # depends on members alone, and many variants are asked about
        return changed

    def counts_by_row(self, counts: Sequence[int]) -> list[int]:
        """How many seats each row has when signatures have `counts`."""
        totals = [0] * len(self.rows)
        for count, rows in compress(zip(counts, self.rows_of, strict=True), counts):
            for at in rows:
                totals[at] += count
        return totals

    def available(self) -> list[int]:
        """How many ranked people each row has."""
        return self.counts_by_row(self.sizes)

    def candidates(self) -> tuple[Limit, ...]:
        """Every limit that can forbid anything, in canonical order: a minimum above 0, a maximum below the size."""
        found: list[Limit] = []
        for row in self.rows:
            if row.lo > 0:
                found.append(Limit(row.quota, row.class_, "min", row.lo))
            if row.hi < self.size:
                found.append(Limit(row.quota, row.class_, "max", row.hi))
        return tuple(found)


def faults(seats: Seats, accepted: Sequence[int], counts: Sequence[int]) -> list[str]:
    """Why `counts` by signature is no legal batch that keeps everybody accepted; empty when it is one.

    Plain integers only: this is the check behind every acceptance, whatever proposed the counts.
    """
    if len(counts) != len(seats.signatures):
        return [f"{len(counts)} counts for {len(seats.signatures)} signatures"]
    found = []
    if (total := sum(counts)) != seats.size:
        found.append(f"{total} people for {seats.size} seats")
    if not (all(map(le, accepted, counts)) and all(map(le, counts, seats.sizes))):
        found.append("a signature has fewer seats than were accepted, or more than it has people")
    for row, count in zip(seats.rows, seats.counts_by_row(counts), strict=True):
        if not row.lo <= count <= row.hi:
            found.append(f"{row.quota}/{row.class_} has {count} seats, outside {row.lo} to {row.hi}")
    for total_of in seats.sums:
        weighed = sum(weight * count for weight, count in zip(total_of.weights, counts, strict=True))
        if weighed != total_of.value:
            found.append(f"{total_of.name} is {weighed}, not {total_of.value}")
    return found


def seats_of(ranking: Ranking, size: int) -> Seats:
    """The seats of a batch of `size` from the ranked people, by the quotas of the rules."""
    people = len(ranking)
    key: IntArray = np.zeros(people, np.int64)  # the signature of each rank
    classed = [_classes(ranking, quota) for quota in ranking.rules.quotas]
    for names, codes in classed:
        # Numbered anew after every quota, so that the product of the numbers of classes cannot overflow.
        key = np.unique(key * len(names) + codes, return_inverse=True)[1]
    first, sizes = np.unique(key, return_index=True, return_counts=True)[1:]
    codes_of = [codes[first].tolist() for _, codes in classed]
    rows: list[Row] = []
    for quota, (names, codes), signature_codes in zip(ranking.rules.quotas, classed, codes_of, strict=True):
        available = np.bincount(codes, minlength=len(names)).tolist()
        members: list[list[int]] = [[] for _ in names]
        for signature, code in enumerate(signature_codes):
            members[code].append(signature)
        for name, count, member in zip(names, available, members, strict=True):
            low, high = _bounds(quota, name, count, people, size)
            rows.append(Row(quota.id, name, low, high, tuple(member)))
    named = [[names[code] for code in codes] for (names, _), codes in zip(classed, codes_of, strict=True)]
    signatures = tuple(zip(*named, strict=True)) if named else ((),) * len(first)
    return Seats(size, signatures, tuple(sizes.tolist()), tuple(rows), (), key.tolist())


def _classes(ranking: Ranking, quota: Quota) -> tuple[list[str], IntArray]:
    """The classes of a quota in order of their bytes, and the place of each ranked person's class among them."""
    if quota.when is not None:
        return ["in", "out"], np.where(holds(quota.when, ranking.register)[ranking.people], 0, 1).astype(np.int64)
    assert quota.by is not None
    column = ranking.register.columns[quota.by]
    texts = [column.class_of(value) for value in column.known]
    codes = column.codes[ranking.people]
    present = {texts[code] for code in np.unique(codes).tolist()}
    names = sorted(present | set(quota.min) | set(quota.max))
    place = {name: at for at, name in enumerate(names)}
    return names, np.array([place.get(text, 0) for text in texts], np.int64)[codes]


def _bounds(quota: Quota, name: str, available: int, people: int, size: int) -> tuple[int, int]:
    """The least and the most seats of one class (section 12), in integers."""
    if quota.proportional:
        low = available * size * (100 - quota.slack_percent) // (100 * people)
        high = -(-available * size * (100 + quota.slack_percent) // (100 * people))
        return max(0, min(low, available)), min(high + quota.pad, size)
    if quota.when is not None and name == "out":
        return 0, size
    default = size if quota.default_max is None else quota.default_max
    return quota.min.get(name, 0), quota.max.get(name, default)
