"""What each limit costs: the points that one seat more of it would bring to the batch with the most points.

The prices are those of the linear program over the ranked people, without tiers and without whole seats, so they say
which limit presses hardest and decide nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from quittance.selection.certificate import lines_of
from quittance.selection.checkers.lp import available
from quittance.selection.checkers.relaxation import Point, Relaxation
from quittance.selection.limits import Limit, Seats
from quittance.selection.order import Ranking
from quittance.selection.points_first import refined
from quittance.selection.walk import CheckerError

FINEST = 60
"""The largest denominator of a price."""


@dataclass(frozen=True, slots=True)
class Price:
    """The points that a batch would gain with this limit one wider."""

    limit: Limit
    points_per_seat: Fraction


def points_per_seat(ranking: Ranking, seats: Seats) -> tuple[Price, ...]:
    """The price of every limit that has one, in the order of the limits; empty when there is no batch.

    Raises `CheckerError` (`selection.solver_missing`) without HiGHS.
    """
    if not available():
        raise CheckerError(
            "Points per seat need HiGHS, which is not installed. Install the extra `select`.",
            code="selection.solver_missing",
        )
    split, _, points = refined(seats, [1] * len(ranking), ranking.points.tolist())
    lines = lines_of(split)
    most = [min(people, seats.size) for people in split.sizes]
    relaxation = Relaxation(lines, most, -np.array(points, np.float64))
    if not isinstance(relaxation.solve(lines, [0] * len(most), most), Point):
        return ()
    prices: list[Price] = []
    for row, price in zip(seats.rows, relaxation.price().tolist(), strict=False):
        # The costs are points lost: a price above 0 holds the row up to its minimum, one below 0 down to its maximum.
        exact = Fraction(abs(price)).limit_denominator(FINEST)
        if exact and price > 0:
            prices.append(Price(Limit(row.quota, row.class_, "min", row.lo), exact))
        elif exact:
            prices.append(Price(Limit(row.quota, row.class_, "max", row.hi), exact))
    return tuple(prices)
