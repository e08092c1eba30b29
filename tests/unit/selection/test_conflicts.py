"""The limits that together leave no room: one canonical set, from which nothing can be left out."""

from __future__ import annotations

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from tests.selected import Small, as_limits, case, half_whole, has_room, smalls

from quittance.selection.certificate import candidates, certify
from quittance.selection.checkers.exact import ExactChecker
from quittance.selection.checkers.lp import LpChecker
from quittance.selection.conflicts import Conflicts, conflict, relaxed
from quittance.selection.limits import Limit, Seats
from quittance.selection.projection import only
from quittance.selection.walk import Checker, walk


def by_dropping(seats: Seats, accepted: list[int], adding: int | None) -> tuple[Limit, ...]:
    """The definition itself: drop each limit in turn for good if enumeration still finds no room."""
    dropped: list[Limit] = []
    for limit in candidates(seats):
        if not has_room(relaxed(seats, [*dropped, limit]), accepted, adding):
            dropped.append(limit)
    return tuple(limit for limit in candidates(seats) if limit not in dropped)


@settings(max_examples=100, deadline=None)
@given(smalls(), st.booleans(), st.data())
def test_it_is_what_dropping_one_by_one_leaves(small: Small, fast: bool, data: st.DataObject) -> None:
    """The fast way gives the set of the definition, with either checker and with remembered proofs."""
    seats = small.seats
    adding = data.draw(st.one_of(st.none(), st.integers(0, len(seats.sizes) - 1)))
    accepted = [0] * len(seats.sizes)
    assume(not has_room(seats, accepted, adding))
    checker: Checker = LpChecker() if fast else ExactChecker()
    conflicts = Conflicts(seats, checker)
    expected = by_dropping(seats, accepted, adding)
    assert expected == conflicts.of(accepted, adding)
    if conflicts.certificate is not None:
        assert certify(only(seats, expected), accepted, adding, conflicts.certificate)
    asked = conflicts.checks
    assert expected == conflicts.of(accepted, adding)
    assert asked == conflicts.checks or not fast


@settings(max_examples=60, deadline=None)
@given(smalls())
def test_every_refusal_of_a_walk(small: Small) -> None:
    """One memory over all refusals of a walk gives for each what a fresh one gives."""
    seats, checker = small.seats, LpChecker()
    walked = walk(seats, checker)
    assume(walked is not None)
    conflicts = Conflicts(seats, checker)
    for one in walked.passed_over:
        if one.reason == "jointly":
            accepted, signature = walked.accepted_at(one.taken), int(seats.signature_of[one.rank - 1])
            found = conflicts.of(accepted, signature, one.certificate)
            assert by_dropping(seats, accepted, signature) == found


def test_halves_of_people() -> None:
    """Without multipliers for a proof the set is found as well."""
    seats = half_whole()
    assert by_dropping(seats, [0] * 4, None) == conflict(seats, [0] * 4, None, LpChecker())


@pytest.mark.parametrize("checker", [LpChecker, ExactChecker])
def test_published_conflict(checker: type[LpChecker | ExactChecker]) -> None:
    """The register without a legal batch has the published conflict."""
    expected, small = case("tiny-infeasible")
    seats = small.seats
    assert tuple(as_limits(expected["conflict"])) == conflict(seats, [0] * len(seats.sizes), None, checker())
