"""Points first: the best totals, proven, and of all batches that have them the one that comes first by rank."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.selected import SEED, Small, case, legal, smalls

from quittance.selection.checkers import checker_for
from quittance.selection.checkers.exact import ExactChecker
from quittance.selection.checkers.lp import LpChecker
from quittance.selection.points_first import points_first
from quittance.selection.select import select_batch
from quittance.selection.walk import walk


def best(small: Small) -> tuple[int, ...] | None:
    """The answer by enumeration: most of tier 1, then most points, then first by rank."""
    ranking = small.ranking

    def worth(ranks: tuple[int, ...]) -> tuple[int, int]:
        first = sum(int(ranking.tiers[one - 1]) == 1 for one in ranks) if len(set(ranking.tiers.tolist())) > 1 else 0
        return first, sum(int(ranking.points[one - 1]) for one in ranks)

    batches = list(legal(small.seats))
    return max(batches, key=worth) if batches else None  # `max` keeps the first of equals, and they come by rank


@settings(max_examples=120, deadline=None)
@given(smalls(method="points_first", tiers=True), st.booleans())
def test_it_is_the_first_of_the_best(small: Small, fast: bool) -> None:
    """Both checkers give the batch of enumeration, and none where there is none."""
    checker = LpChecker() if fast else ExactChecker()
    ranking = small.ranking
    seats = points_first(small.seats, ranking.tiers.tolist(), ranking.points.tolist(), checker)
    walked = None if seats is None else walk(seats, checker)
    assert best(small) == (None if walked is None else walked.taken)


@settings(max_examples=40, deadline=None)
@given(smalls(method="points_first", tiers=True))
def test_selection_by_this_method(small: Small) -> None:
    """`select_batch` with the method gives the same people, and everybody passed over has a reason with limits."""
    found = select_batch(small.register, small.rules, seed=SEED, checker=LpChecker())
    assert (best(small) or ()) == found.ranks
    assert all(one.limits for one in found.passed_over)


@pytest.mark.parametrize("name", ["tiny-serial-points-first", "joint-points-first", "differs-points-first"])
@pytest.mark.parametrize("checker", ["exact", "lp", "cpsat"])
def test_published_case(name: str, checker: str) -> None:
    """People, points and hash are those of the published case, with every checker."""
    expected, small = case(name)
    found = select_batch(
        small.register,
        small.rules,
        seed=bytes.fromhex(expected["seed"]),
        agreement=expected["agreement"],
        batch=expected["batch"],
        checker=checker_for(small.seats, checker),
    )
    assert tuple(expected["batch_people"]) == found.people
    assert (expected["points_total"], expected["batch_hash"]) == (found.points_total, found.batch_sha256)
