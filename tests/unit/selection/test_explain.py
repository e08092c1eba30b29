"""Explanations: exactly one reason, and every promise in it comes true when the walk is done again."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.selected import SEED, Small, case, has_room, smalls

from quittance.errors import UsageError
from quittance.selection.checkers.exact import ExactChecker
from quittance.selection.conflicts import relaxed
from quittance.selection.explain import explain
from quittance.selection.explanation import Explanation
from quittance.selection.limits import Limit
from quittance.selection.select import select_batch
from quittance.selection.walk import walk
from quittance.selection.what_if import what_if

METHODS = st.sampled_from(["serial", "draw", "points_first"])


@settings(max_examples=60, deadline=None)
@given(METHODS.flatmap(lambda method: smalls(method=method, tiers=True, gates=True)))
def test_everybody_is_in_or_has_one_reason(small: Small) -> None:
    """Who is in has no reason; who is not has the one that the printed result and the gates give."""
    found = select_batch(small.register, small.rules, seed=SEED)
    passed = {found.ranking.pid(one.rank): one for one in found.passed_over}
    for pid in small.register.pids:
        told = explain(found, pid)
        if pid in found.people:
            assert (told.in_batch, told.reason) == (True, None)
        elif told.rank is None:
            assert (told.in_batch, told.reason, told.gates_missing) == (False, "gate", ("gate",))
        elif found.status == "infeasible":
            assert (told.reason, told.limits) == ("jointly", found.conflict)
        elif pid in passed:
            assert (told.reason, told.limits) == (passed[pid].reason, passed[pid].limits)
        else:
            assert (told.reason, told.limits) == ("order", ())
            assert told.rank > found.last_rank


@settings(max_examples=200, deadline=None)
@given(METHODS.flatmap(lambda method: smalls(method=method)))
def test_without_the_named_limits_a_refused_person_is_admitted(small: Small) -> None:
    """For everybody passed over: with the limits named gone there is room for him at his turn, and with any left none.

    Room is found by trying every batch.
    """
    found = select_batch(small.register, small.rules, seed=SEED)
    for one in found.passed_over:
        told = explain(found, found.ranking.pid(one.rank))
        seats, accepted = found.walked.seats, found.walked.accepted_at(one.taken)
        signature = int(seats.signature_of[one.rank - 1])
        assert has_room(relaxed(seats, [*told.limits, *told.also]), accepted, signature)
        assert not has_room(seats, accepted, signature)
        if told.also:
            assert not has_room(relaxed(seats, told.limits), accepted, signature)


@settings(max_examples=60, deadline=None)
@given(METHODS.flatmap(lambda method: smalls(method=method)))
def test_a_counterfactual_is_what_the_walk_then_gives(small: Small) -> None:
    """For each limit named: loosened by one the person enters, and those leave, as the answer says."""
    found = select_batch(small.register, small.rules, seed=SEED)
    for one in found.passed_over:
        pid = found.ranking.pid(one.rank)
        told = explain(found, pid)
        named = [limit for limit in told.limits if limit.quota]
        assert named == [counter.limit for counter in told.counterfactuals]
        for counter in told.counterfactuals:
            limit = counter.limit
            assert counter.value == limit.value + (1 if limit.bound == "max" else -1)
            after = what_if(found, limits={(limit.quota, limit.class_, limit.bound): counter.value})
            assert (counter.enters, counter.leaves) == (pid in after.people, after.leaving)


@settings(max_examples=100, deadline=None)
@given(smalls(tiers=True))
def test_points_that_are_said_to_do_would_do(small: Small) -> None:
    """With the points named the person would have been taken, and with one less not; the others stay as they are."""
    found = select_batch(small.register, small.rules, seed=SEED)
    ranking, seats = found.ranking, found.seats
    for rank in range(1, len(ranking) + 1):
        told = explain(found, ranking.pid(rank))
        if told.needed is None or told.needed.points is None:
            continue
        for points, enters in ((told.needed.points, True), (told.needed.points - 1, False)):
            order = sorted(
                range(1, len(ranking) + 1),
                key=lambda one: (
                    int(ranking.tiers[one - 1]),
                    -points if one == rank else -int(ranking.points[one - 1]),
                    ranking.tie_key(one),
                ),
            )
            moved = replace(seats, signature_of=[int(seats.signature_of[one - 1]) for one in order])
            if points > told.points:
                assert enters == (order.index(rank) + 1 in walk(moved, ExactChecker()).taken)


def test_the_person_with_no_medical_seat() -> None:
    """R-0003 meets the cap on medical seats; with one more he enters and R-0002 leaves."""
    expected, small = case("tiny-serial")
    found = select_batch(small.register, small.rules, seed=bytes.fromhex(expected["seed"]))
    cap = {"quota": "medical_seats", "class": "in", "bound": "max", "value": 1}
    assert explain(found, "R-0003").as_json() == {
        "pid": "R-0003",
        "in_batch": False,
        "reason": "cap",
        "rank": 5,
        "gates_missing": [],
        "limits": [cap],
        "counterfactuals": [{"limit": cap, "value": 2, "enters": True, "leaves": ["R-0002"]}],
    }


def test_why_in_names_lines_and_the_closest_limit() -> None:
    """R-0007 took the only medical seat: no room was left there."""
    expected, small = case("tiny-serial")
    found = select_batch(small.register, small.rules, seed=bytes.fromhex(expected["seed"]))
    told = explain(found, "R-0007").details()
    assert told["lines"] == {"health": 30, "age": 22, "sentence": 12}
    assert told["closest"] == {"quota": "medical_seats", "class": "in", "bound": "max", "value": 1, "room": 0}


def test_outside_the_ratio_is_a_gate() -> None:
    """R-0011 is released regardless of number: not in the batch by a gate, with the rule named."""
    expected, small = case("tiny-serial")
    found = select_batch(small.register, small.rules, seed=bytes.fromhex(expected["seed"]))
    assert explain(found, "R-0011") == Explanation("R-0011", False, "gate", outside="gc3-109")
    assert explain(found, "R-0005").gates_missing == ("medical",)


def test_a_number_that_nobody_has() -> None:
    """An unknown number is wrong use."""
    _, small = case("tiny-serial")
    found = select_batch(small.register, small.rules, seed=SEED)
    with pytest.raises(UsageError) as caught:
        explain(found, "R-9999")
    assert caught.value.code == "selection.no_person"


def test_with_no_batch_the_conflict_is_the_reason() -> None:
    """Where no batch exists everybody ranked is out by the limits that clash, and loosening one may let him in."""
    _, small = case("tiny-infeasible")
    found = select_batch(small.register, small.rules, seed=SEED)
    told = explain(found, found.ranking.pid(1))
    assert ("jointly", found.conflict) == (told.reason, told.limits)
    assert Limit("province", "Kunduz", "min", 4) in told.limits


def test_joint_limits_are_found_where_the_selection_does_not_have_them() -> None:
    """A selection whose joint refusals were left without limits is explained with the same limits."""
    expected, small = case("joint")
    found = select_batch(small.register, small.rules, seed=bytes.fromhex(expected["seed"]))
    bare = replace(found, passed_over=found.walked.passed_over)
    assert explain(found, "J-13") == explain(bare, "J-13")
