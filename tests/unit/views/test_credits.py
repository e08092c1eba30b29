"""What both sides gave, folded from an agreement's accounts: which promises, which points, what counts as credited."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given as drawn
from hypothesis import strategies as st
from tests.journals import journal_of, journals

from quittance.agreement.evaluate import Evaluator
from quittance.agreement.load import load_agreement
from quittance.errors import UsageError
from quittance.selection.exposure import CLAIMED, VERIFIED, standings, told_by
from quittance.views.accounts import Accounts
from quittance.views.credits import class_of, credits_of, given_of
from quittance.visibility import OPERATOR

AGREEMENT = """
format: quittance-agreement/1
id: exchange
title: An exchange
parties:
  north: {name: North, standing: signatory}
  south: {name: South, standing: signatory}
  red: {name: Red, standing: intermediary}
instruments:
  pact: {kind: agreement, between: [north, south], in_force: 2026-01-01, source: the pact}
calendar: {timezone: UTC, start: 2026-01-01, day_count: exclude_first}
verification:
  rules: [{verified_when: {attested_by: red}}]
categories:
  fighter: {held_by: north}
  captive: {held_by: south}
  servicemember: {in: captive}
  officer: {in: servicemember}
  civilian: {in: captive}
commitments:
  - {id: from-north, of: pact, by: north, to: south, mode: achieve, act: release, what: fighter,
     amount: {exactly: 500, unit: persons}, when: {by: day 30}, source: article 1}
  - {id: from-south, of: pact, by: south, to: north, mode: achieve, act: release, what: captive,
     amount: {exactly: 100, unit: persons}, when: {by: day 30}, source: article 2}
"""
RATIO = "selection: {reciprocity: {ratio: {fighter: 1, servicemember: 5, civilian: 0}, max_lead: 50}}"

ENTRIES = [
    {"id": "n1", "at": "2026-01-03", "kind": "perform", "of": ["from-north"], "n": 100, "by": "north"},
    {"id": "r1", "at": "2026-01-04", "kind": "attest", "ref": "n1", "verdict": "verified", "by": "red"},
    {
        "id": "s1", "at": "2026-01-05", "kind": "perform", "of": ["from-south"], "n": 30, "by": "south",
        "breakdown": {"officer": 2, "servicemember": 8, "civilian": 15, "captive": 5},
    },
    {"id": "r2", "at": "2026-01-06", "kind": "attest", "ref": "s1", "verdict": "verified", "by": "red"},
]  # fmt: skip
END = date(2026, 2, 1)
DIX_HILL = Path(__file__).resolve().parents[3] / "examples/dix-hill-1862/agreement.yaml"


def case(more: str = "", entries=ENTRIES, named=None, until=END, known=END):
    """The points, and what was given, of the small exchange with more members in its agreement."""
    agreement = load_agreement((AGREEMENT + more).encode())
    credits = credits_of(agreement, named)
    accounts = Accounts(Evaluator(agreement, journal_of(agreement, entries)))
    return credits, given_of(accounts, credits, until, known)


def leads(reading: str, *args, **kwargs):
    credits, given = case(*args, **kwargs)
    return [(one.day.day, one.lead) for one in standings(given, credits.sides, credits.reciprocity, reading)]


# --- which promises, which points ------------------------------------------------------------------------------------


def test_points_from_the_amounts():
    """Where no points are agreed, five hundred for a hundred is five to one."""
    credits = credits_of(load_agreement(AGREEMENT.encode()))
    assert credits.commitments == ("from-north", "from-south")
    assert credits.sides == ("north", "south")
    assert dict(credits.reciprocity.ratio) == {"from-north": 1, "from-south": 5}
    assert credits.total_points == (500, 500)
    assert credits.source == "amounts"


def test_points_as_agreed():
    """The table of the agreement; of the first promise all are fighters, of the second each counts by his class."""
    credits = credits_of(load_agreement((AGREEMENT + RATIO).encode()))
    assert credits.source == "agreed"
    assert credits.classes == ("fighter", None)
    assert credits.reciprocity.max_lead == 50
    assert credits.total_points is None
    assert credits_of(load_agreement((AGREEMENT + RATIO).encode()), max_lead=7).reciprocity.max_lead == 7


def test_classes_that_count_the_same_are_one():
    """Then totals of the whole promise count as well, since it does not matter of whom they are."""
    more = "selection: {reciprocity: {ratio: {fighter: 1, captive: 5, officer: 5}}}"
    credits = credits_of(load_agreement((AGREEMENT + more).encode()))
    assert credits.classes == ("fighter", "captive")
    assert credits.total_points == (500, 500)


def test_points_as_named():
    """In the order in which they are named."""
    credits = credits_of(load_agreement(AGREEMENT.encode()), {"from-south": 7, "from-north": 2}, 9)
    assert credits.sides == ("south", "north")
    assert credits.total_points == (700, 1000)
    assert credits.reciprocity.max_lead == 9


def test_points_by_the_weights_of_a_running_account():
    """The first running account of an agreement, by the weights of its categories."""
    agreement = load_agreement(DIX_HILL.read_bytes())
    credits = credits_of(agreement)
    assert (credits.source, credits.sides, credits.totals) == ("weights", ("us", "csa"), (None, None))
    assert credits.reciprocity.ratio["general"] == 60


@pytest.mark.parametrize(
    "named", [{"from-north": 1}, {"from-north": 1, "elsewhere": 5}, {"from-north": 1, "from-south": 5, "x": 1}]
)
def test_two_promises_are_to_be_named(named):
    """One, an unknown one or three make no exchange."""
    with pytest.raises(UsageError) as refused:
        credits_of(load_agreement(AGREEMENT.encode()), named)
    assert refused.value.code == "exposure.commitments"


def test_promises_that_cannot_be_told():
    """Where several pairs answer each other, or none, those there are are listed, and how to name two."""
    more = (
        "  - {id: again, of: pact, by: south, to: north, mode: achieve, act: release, "
        "amount: {exactly: 10, unit: persons}, source: article 3}\n"
    )
    with pytest.raises(UsageError, match="from-north, from-south, again") as refused:
        credits_of(load_agreement((AGREEMENT + more).encode()))
    assert refused.value.code == "exposure.commitments"
    assert credits_of(load_agreement((AGREEMENT + more).encode()), {"from-north": 1, "again": 50}).totals == (500, 10)


def test_a_promise_of_nobody_has_no_points():
    """Points do not follow from a total of 0."""
    with pytest.raises(UsageError) as refused:
        credits_of(load_agreement(AGREEMENT.replace("exactly: 100", "up_to: 0").encode()))
    assert refused.value.code == "exposure.no_points"


def test_the_class_of_a_category():
    """Its own, else that of the nearest category it lies in; without one, itself, which counts nothing."""
    agreement = load_agreement((AGREEMENT + RATIO).encode())
    reciprocity = credits_of(agreement).reciprocity
    found = [class_of(agreement, reciprocity, name) for name in ("officer", "servicemember", "captive", None)]
    assert found == ["servicemember", "servicemember", "captive", None]


# --- what was given --------------------------------------------------------------------------------------------------


def test_credit_goes_by_verified_class():
    """Ten servicemembers of thirty count; the civilians count 0, the five of no class are not counted."""
    assert leads(VERIFIED, RATIO) == [(3, 100), (5, 100 - 5 * 10)]
    assert leads(VERIFIED) == [(3, 100), (5, 100 - 5 * 30)]


def test_nobody_counts_before_it_is_known_that_he_is_verified():
    """The day is that of the handover, from the moment on that the finding is known."""
    assert leads(VERIFIED, RATIO, known=date(2026, 1, 5)) == [(3, 100), (5, 100)]
    assert leads(VERIFIED, RATIO, known=date(2026, 1, 3)) == [(3, 0)]
    assert leads(CLAIMED, RATIO, known=date(2026, 1, 3)) == [(3, 100)]


def test_nothing_later_than_the_question():
    """As of the fourth nothing of the fifth is there."""
    assert leads(CLAIMED, RATIO, until=date(2026, 1, 4)) == [(3, 100)]
    assert case(RATIO, until=date(2026, 1, 2))[1] == ()


def test_what_both_sides_grant_is_credited():
    """Without a finding of the neutral: the smaller of the two figures."""
    entries = [
        {"id": "n1", "at": "2026-01-03", "kind": "total", "of": ["from-north"], "n": 100, "by": "north"},
        {"id": "s0", "at": "2026-01-04", "kind": "total", "of": ["from-north"], "n": 60, "by": "south"},
        {"id": "s2", "at": "2026-01-07", "kind": "total", "of": ["from-north"], "n": 40, "by": "south"},
    ]
    assert leads(VERIFIED, entries=entries) == [(3, 0), (4, 60), (7, 40)]
    assert leads(CLAIMED, entries=entries) == [(3, 100), (4, 100), (7, 100)]
    assert leads(told_by("south"), entries=entries) == [(3, 0), (4, 60), (7, 40)]


def test_each_row_has_its_entries():
    """Every number leads to what says so."""
    _, given = case(RATIO)
    assert {one.entries for one in given if one.day.day == 3} == {("n1",)}
    assert {one.entries for one in given if one.day.day == 5} == {("s1",)}


def test_rows_are_what_each_day_added():
    """Day by day they add up to the figures."""
    _, given = case(entries=[*ENTRIES, {"id": "n2", "at": "2026-01-08", "kind": "perform", "of": ["from-north"],
                                        "n": 20, "by": "north"}])  # fmt: skip
    north = [one for one in given if one.side == "north"]
    assert [(one.verified, one.claimed) for one in north] == [(100, 100), (0, 20)]


EXCHANGE = load_agreement(AGREEMENT.encode())
KINDS = ("perform",) * 6 + ("total",) * 4 + ("attest",) * 4 + ("deny", "retract")


@drawn(journals(EXCHANGE, kinds=KINDS), st.integers(0, 20), st.integers(0, 20))
def test_rows_add_up_to_what_the_status_says(entries, day, later):
    """Whatever was said: credited is the low figure of the status, claimed the giver's own, for the same two dates."""
    as_of = date(2026, 1, 1 + day)
    known_by = as_of + timedelta(days=later)
    evaluator = Evaluator(EXCHANGE, journal_of(EXCHANGE, entries))
    accounts, credits = Accounts(evaluator), credits_of(EXCHANGE)
    rows = given_of(accounts, credits, as_of, known_by)
    for side, name in zip(credits.sides, credits.commitments, strict=True):
        mine = [one for one in rows if one.side == side]
        assert sum(one.verified for one in mine) == evaluator.at(as_of, known_by)[name].low
        own = {one.speaker.id: one.figure for one in accounts.speakers(name, as_of, known_by)}
        assert sum(one.claimed for one in mine) == own.get(side, 0)
        assert {party: sum(one.told.get(party, 0) for one in mine) for party in own} == own


# --- the example of 2020 ---------------------------------------------------------------------------------------------

PRESS = [
    # as of, known by -> lead as claimed, as the government tells it, as credited
    (date(2020, 4, 9), date(2020, 4, 9), 200, 200, 0),
    (date(2020, 4, 12), date(2020, 4, 12), 200, 300, 0),
    (date(2020, 4, 12), date(2020, 4, 13), 261, 361, -100),
    (date(2020, 4, 18), date(2020, 4, 18), 61, 266, -100),
    (date(2020, 5, 31), date(2020, 6, 1), 900, 2145, 1429),
]
"""Of the press totals at five to one: +200, +200, +60 or +265 (here 361 and not 360 were freed), +900."""


@pytest.mark.parametrize(("as_of", "known_by", "claimed", "told", "credited"), PRESS)
def test_the_press_figures_of_2020(afghanistan, as_of, known_by, claimed, told, credited):
    """Both readings, on the days of which the reference tells, as far as the journal has the same totals."""
    agreement = afghanistan.agreement(OPERATOR)
    credits = credits_of(agreement)
    accounts = Accounts(Evaluator(agreement, afghanistan.journal(OPERATOR)))
    given = given_of(accounts, credits, as_of, known_by)
    found = [
        standings(given, credits.sides, credits.reciprocity, reading)[-1].lead
        for reading in (CLAIMED, told_by("goa"), VERIFIED)
    ]
    assert found == [claimed, told, credited]
