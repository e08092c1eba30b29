"""The method `points_first`: the most people of tier 1, then of tier 2, and so on, then the most points, by proof.

The totals become sums that a batch must have exactly, and the ordinary walk picks the one batch among all that have
them (reference: selection, section 5). A signature then also says tier and points.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from quittance.selection.certificate import Certificate, lines_of
from quittance.selection.limits import Row, Seats, Sum
from quittance.selection.walk import Checker, Refusal, ask

POINTS = "points"


def points_first(seats: Seats, tiers: Sequence[int], points: Sequence[int], checker: Checker) -> Seats | None:
    """The seats with the best totals added; None when there is no legal batch. `tiers` and `points` are by rank.

    The last tier, of those whom no tier names, needs no sum. Raises `CheckerError` when a checker does not know.
    """
    split, tier_of, points_of = refined(seats, tiers, points)
    if isinstance(ask(checker, seats, [0] * len(seats.signatures), None), Refusal):
        return None
    for tier in sorted(set(tiers))[:-1]:
        split = best(split, f"tier {tier}", [int(one == tier) for one in tier_of], checker)
    return best(split, POINTS, points_of, checker)


def best(seats: Seats, name: str, weights: Sequence[int], checker: Checker) -> Seats:
    """The seats with the largest sum of `weights` that a legal batch can have, proven: every larger one is refused.

    There is a legal batch. Raises `CheckerError` when a checker does not know.
    """
    nobody = [0] * len(seats.signatures)
    per_seat = sorted((weight for weight, people in zip(weights, seats.sizes, strict=True) for _ in range(people)))
    value = sum(per_seat[-seats.size :])
    while True:
        added = seats.under(seats.rows, (*seats.sums, Sum(name, tuple(weights), value)))
        answer = ask(checker, added, nobody, None)
        if not isinstance(answer, Refusal):
            return added
        value = min(value - 1, _highest(added, answer.certificate)) if answer.certificate else value - 1


def _highest(seats: Seats, certificate: Certificate) -> int:
    """The largest value of the last sum that this refusal does not refute as well; a bound, in whole numbers."""
    total = seats.sums[-1]
    times = {(quota, class_): multiplier for quota, class_, multiplier in certificate}
    price = -times.get(("", total.name), 0)
    if price <= 0:
        return total.value - 1
    weights = [0] * len(seats.signatures)
    right = 0
    for line in lines_of(seats):
        multiplier = times.get((line.quota, line.class_), 0)
        for member in line.members:
            weights[member] += multiplier * (1 if line.weights is None else line.weights[member])
        if (line.quota, line.class_) != ("", total.name):
            right += max(multiplier * line.lo, multiplier * line.hi)
    left = sum(min(0, weight * min(people, seats.size)) for weight, people in zip(weights, seats.sizes, strict=True))
    # Refuted is every value with left > right - price * value.
    return (right - left) // price


def refined(seats: Seats, tiers: Sequence[int], points: Sequence[int]) -> tuple[Seats, list[int], list[int]]:
    """The seats with signatures split by tier and points, and the tier and points of each new signature."""
    old = np.asarray(seats.signature_of, np.int64)
    keys = np.stack([old, np.asarray(tiers, np.int64), np.asarray(points, np.int64)], axis=1)
    found, signature_of, sizes = np.unique(keys, axis=0, return_inverse=True, return_counts=True)
    base = found[:, 0].tolist()
    parts: list[list[int]] = [[] for _ in seats.signatures]
    for at, signature in enumerate(base):
        parts[signature].append(at)
    rows = tuple(
        Row(row.quota, row.class_, row.lo, row.hi, tuple(part for member in row.members for part in parts[member]))
        for row in seats.rows
    )
    signatures = tuple(
        (*seats.signatures[signature], str(tier), str(total))
        for signature, tier, total in zip(base, found[:, 1].tolist(), found[:, 2].tolist(), strict=True)
    )
    split = Seats(seats.size, signatures, tuple(sizes.tolist()), rows, (), signature_of.reshape(-1).tolist())
    return split, found[:, 1].tolist(), found[:, 2].tolist()
