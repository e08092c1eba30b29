"""Diagnosis: which limits clash, and the nearest value of one of them that leaves a batch."""

from __future__ import annotations

from hypothesis import assume, given, settings
from tests.selected import Small, as_limits, case, legal, smalls

from quittance.selection.diagnose import diagnose
from quittance.selection.what_if import with_limits


@settings(max_examples=80, deadline=None)
@given(smalls())
def test_every_remedy_is_the_nearest(small: Small) -> None:
    """A remedy leaves a batch, one step nearer leaves none, and where there is no remedy no value helps."""
    seats = small.seats
    found = diagnose(small.ranking)
    assert (found.status == "feasible") == any(True for _ in legal(seats))
    assume(found.status == "infeasible")
    for one in found.remedies:
        limit = one.limit
        every = range(limit.value) if limit.bound == "min" else range(limit.value + 1, seats.size + 1)
        name = (limit.quota, limit.class_, limit.bound)
        helping = [value for value in every if any(True for _ in legal(with_limits(seats, {name: value})))]
        nearest = max(helping, default=None) if limit.bound == "min" else min(helping, default=None)
        assert nearest == one.value


def test_too_few_people() -> None:
    """Fewer ranked people than seats is said as such, without limits."""
    _, small = case("tiny-serial")
    found = diagnose(small.ranking, 200)
    assert (found.status, found.size, found.ranked, found.conflict) == ("too_few_ranked", 200, 11, ())


def test_published_conflict() -> None:
    """Four of Kunduz and no medical seat clash: two people of Kunduz are sick."""
    expected, small = case("tiny-infeasible")
    found = diagnose(small.ranking)
    assert tuple(as_limits(expected["conflict"])) == found.conflict
    assert [one.value for one in found.remedies] == [2, 2]
