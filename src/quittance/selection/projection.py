"""A few limits alone: signatures that they do not tell apart become one, which changes nothing and leaves few."""

from __future__ import annotations

from collections.abc import Collection

from quittance.selection.conflicts import relaxed
from quittance.selection.limits import Limit, Row, Seats, Sum


def only(seats: Seats, limits: Collection[Limit]) -> Seats:
    """The same seats with these limits and no others."""
    every = [Limit(row.quota, row.class_, "min", row.lo) for row in seats.rows]
    every += [Limit(row.quota, row.class_, "max", row.hi) for row in seats.rows]
    every += [Limit("", total.name, "min", total.value) for total in seats.sums]
    return relaxed(seats, [limit for limit in every if limit not in limits])


def projected(seats: Seats, limits: Collection[Limit]) -> tuple[Seats, list[int]]:
    """Seats under these limits alone, over as few signatures as they need, and the place of each old signature there.

    A batch of `seats` under `limits` exists exactly if one of the projected seats does, with counts added up likewise.
    """
    alone = only(seats, limits)
    names = {(limit.quota, limit.class_) for limit in limits}
    named = [row for row in alone.rows if (row.quota, row.class_) in names]
    quotas = list(dict.fromkeys(row.quota for row in named))
    keys = [[-1] * len(quotas) + [total.weights[at] for total in alone.sums] for at in range(len(alone.signatures))]
    for number, row in enumerate(named):
        for member in row.members:
            keys[member][quotas.index(row.quota)] = number
    merged: dict[tuple[int, ...], int] = {}
    into = [merged.setdefault(tuple(key), len(merged)) for key in keys]
    sizes = [0] * len(merged)
    for at, to in enumerate(into):
        sizes[to] += min(alone.sizes[at], alone.size)
    rows: list[Row] = []
    for place, quota in enumerate(quotas):
        for number, row in [*enumerate(named), (-1, Row(quota, "", 0, alone.size, ()))]:
            if row.quota == quota:
                rows.append(Row(quota, row.class_, row.lo, row.hi, _members(merged, place, number)))
    sums = tuple(
        Sum(total.name, tuple(key[len(quotas) + at] for key in merged), total.value)
        for at, total in enumerate(alone.sums)
    )
    return Seats(alone.size, tuple(tuple(map(str, key)) for key in merged), tuple(sizes), tuple(rows), sums), into


def _members(merged: dict[tuple[int, ...], int], place: int, number: int) -> tuple[int, ...]:
    return tuple(to for key, to in merged.items() if key[place] == number)
