"""Exposure: points by verified class, both readings, the lead that can be borne, and advice to pause."""

from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quittance.errors import UnreadableError
from quittance.selection.exposure import (
    CLAIMED,
    VERIFIED,
    Given,
    Reciprocity,
    Standing,
    advice,
    counted,
    gain_by_stopping,
    goes_on,
    if_stops,
    permitted_lead,
    reciprocity_of,
    standings,
    told_by,
)

SIDES = ("north", "south")
TABLE = Reciprocity({"fighter": 1, "servicemember": 5, "civilian": 0}, 100)
FIRST, SECOND = date(2026, 3, 1), date(2026, 3, 4)

GIVEN = (
    Given(FIRST, "north", "fighter", verified=0, claimed=100, told={"north": 100}),
    Given(SECOND, "south", "servicemember", verified=19, claimed=32, told={"north": 19, "south": 32}),
    Given(SECOND, "south", "civilian", verified=28, claimed=28, told={"north": 28, "south": 28}),
    Given(SECOND, "north", "fighter", verified=100, claimed=0, entries=("receipt-1",)),
)

counts = st.integers(0, 5000)
rhos = st.fractions(0, 3)


def leads(reading: str, rows=GIVEN) -> list[int]:
    return [one.lead for one in standings(rows, SIDES, TABLE, reading)]


def test_points_go_by_verified_class():
    """A class counts what the table says of it, a civilian nothing, and nobody counts before he is verified."""
    assert leads(VERIFIED) == [0, 100 - 5 * 19]
    assert standings(GIVEN, SIDES, TABLE)[-1] == Standing(SECOND, 100, 95)


def test_both_readings_stand_side_by_side():
    """What the givers claim, and what one side grants of it: for the same days."""
    assert leads(CLAIMED) == [100, 100 - 5 * 32]
    assert leads(told_by("north")) == [100, 5]
    assert leads(told_by("south")) == [0, -160]


def test_outside_the_ratio_and_unknown_classes_never_enter():
    """The seriously sick are given regardless of number; a class without points is not guessed."""
    others = (
        Given(FIRST, "north", "fighter", 50, 50, outside_ratio=True),
        Given(FIRST, "north", "driver", 50, 50),
        Given(FIRST, "north", None, 50, 50),
    )
    assert counted(others, TABLE) == ()
    assert standings(others, SIDES, TABLE) == ()
    for reading in (VERIFIED, CLAIMED):
        assert leads(reading, (*GIVEN, *others)) == leads(reading)


def test_a_figure_taken_back_is_taken_off():
    """A party that says less on a later day has a smaller lead from then on."""
    rows = (*GIVEN, Given(date(2026, 3, 5), "south", "servicemember", claimed=-12))
    assert leads(CLAIMED, rows) == [100, -60, 0]


@given(st.permutations(GIVEN))
def test_the_order_of_rows_changes_nothing(rows):
    """The days order them."""
    assert standings(rows, SIDES, TABLE, CLAIMED) == standings(GIVEN, SIDES, TABLE, CLAIMED)


@given(st.lists(st.tuples(st.sampled_from(SIDES), st.sampled_from(["fighter", "servicemember"]), counts)))
def test_exchanging_the_sides_turns_the_lead_round(rows):
    """Nobody is first by nature."""
    made = [Given(FIRST, side, class_, n, n) for side, class_, n in rows]
    there = [one.lead for one in standings(made, SIDES, TABLE)]
    back = [one.lead for one in standings(made, (SIDES[1], SIDES[0]), TABLE)]
    assert there == [-lead for lead in back]


# --- advice ----------------------------------------------------------------------------------------------------------


def test_advice_to_pause():
    """Above the agreed lead, to whoever is ahead; at it, or without one agreed, none."""
    assert advice(Standing(FIRST, 101, 0), SIDES, 100).leader == "north"
    assert advice(Standing(FIRST, 0, 265), SIDES, 100).leader == "south"
    assert advice(Standing(FIRST, 0, 265), SIDES, 100).lead == 265
    assert advice(Standing(FIRST, 100, 0), SIDES, 100) is None
    assert advice(Standing(FIRST, 10_000, 0), SIDES, None) is None


# --- what may follow -------------------------------------------------------------------------------------------------


@given(counts, counts, st.integers(0, 500))
def test_with_equal_values_a_side_goes_on_up_to_its_stake(first, second, stake):
    """For c = v and equal totals the lead must stay within what the side behind loses by stopping, always."""
    total = 5000
    assert goes_on(total - second, total - first, stake) == (first - second <= stake)


@given(counts, counts, counts, st.integers(0, 500), rhos)
def test_the_permitted_lead_is_where_a_side_stops(total, first, second, stake, rho):
    """The side behind goes on exactly as long as the lead is no larger than the permitted one."""
    first, second = min(first, total), min(second, total)
    permitted = permitted_lead(total - first, stake, rho)
    assert goes_on(total - second, total - first, stake, rho) == (first - second <= permitted)


@given(counts, counts, counts, counts, st.integers(0, 500), rhos)
def test_the_permitted_lead_with_unequal_totals(first_total, second_total, first, second, stake, rho):
    """What the leader gives more in all widens its lead by as much."""
    first, second = min(first, first_total), min(second, second_total)
    permitted = permitted_lead(first_total - first, stake, rho, first_total - second_total)
    assert goes_on(second_total - second, first_total - first, stake, rho) == (first - second <= permitted)


def test_if_one_side_stops():
    """What it keeps, what it never gets, what the other gave in vain, and whether stopping pays."""
    found = if_stops("south", (5000, 5000), (100, 360), stake=100)
    assert (found.saves, found.forgoes, found.unreturned, found.gain) == (4900, 4640, 260, 260)
    assert found.pays
    assert not if_stops("south", (5000, 5000), (100, 360), stake=260).pays
    assert not if_stops("south", (5000, 5000), (100, 360), rho=Fraction(1, 10)).pays
    ahead = if_stops("north", (5000, 5000), (360, 100))
    assert (ahead.unreturned, ahead.gain, ahead.pays) == (0, -260, False)


def test_what_is_given_over_the_total_saves_nothing():
    """A side that has given more than it owed has nothing left to keep back."""
    assert if_stops("north", (100, 100), (150, 100)).saves == 0


@given(counts, counts, rhos)
def test_stopping_never_gains_by_what_is_still_to_come(give, receive, rho):
    """More left to receive, less gained."""
    assert gain_by_stopping(give, receive + 1, rho) < gain_by_stopping(give, receive, rho)


# --- settings --------------------------------------------------------------------------------------------------------


def test_the_settings_of_an_agreement():
    """A table of points by class, and the lead, which may be missing."""
    assert reciprocity_of({"ratio": {"a": 1, "b": 0}, "max_lead": 0}) == Reciprocity({"a": 1, "b": 0}, 0)
    assert reciprocity_of({"ratio": {"a": 1}}).max_lead is None


@pytest.mark.parametrize(
    "mapping",
    [
        {},
        {"ratio": {}},
        {"ratio": [1]},
        {"ratio": {"a": 1.5}},
        {"ratio": {"a": True}},
        {"ratio": {"a": -1}},
        {"ratio": {"a": 1}, "max_lead": -1},
        {"ratio": {"a": 1}, "max_lead": "100"},
        {"ratio": {"a": 1}, "maxlead": 100},
    ],
)
def test_settings_that_cannot_be_read(mapping):
    """Refused with a row for each thing wrong, and an example of what is right."""
    with pytest.raises(UnreadableError, match=r"ratio: \{fighter: 1") as refused:
        reciprocity_of(mapping)
    assert refused.value.code == "selection.reciprocity"
    assert len(refused.value.problems) == 1
