"""Exposure and plans as shown: both readings, the advice with its reason, what a stop would mean, what is assumed."""

from __future__ import annotations

import string
from datetime import date
from fractions import Fraction

import pytest
from tests.unit.views.test_credits import AGREEMENT, END, RATIO, case

from quittance.agreement.load import load_agreement
from quittance.selection.exposure import Given, Reciprocity
from quittance.selection.plans import ASSUMPTIONS, MODES, Exchange, Shape, compare
from quittance.views import exposure_wording as wording
from quittance.views.credits import Credits, credits_of
from quittance.views.entry import party_refs
from quittance.views.exports import view_json
from quittance.views.exposure import exposure_view
from quittance.views.exposure_text import day_rows, exposure_lines, plan_lines, plan_rows, step_rows
from quittance.views.plans import plans_view
from quittance.views.text import Page

PLAIN = load_agreement(AGREEMENT.encode())
FIRST, SECOND = date(2026, 1, 3), date(2026, 1, 5)


def shown(given, credits: Credits | None = None, **terms):
    """The view of rows made by hand; five to one, no largest lead unless the credits say one."""
    return exposure_view(given, credits or credits_of(PLAIN), PLAIN, END, END, **terms)


def limited(max_lead: int) -> Credits:
    return credits_of(PLAIN, max_lead=max_lead)


def given(n: int, side: str = "north", day: date = FIRST, **more) -> Given:
    return Given(day, side, f"from-{side}", verified=n, claimed=more.pop("claimed", n), **more)


# --- both readings ---------------------------------------------------------------------------------------------------


def test_the_headline_says_both_readings():
    """Credited and claimed stand in one sentence, and neither is called true."""
    view = shown([given(0, claimed=100), given(20, "south", SECOND)])
    assert str(view.headline) == (
        "Credited: South is ahead by 100 points (0 to 100). Claimed: neither side is ahead (100 to 100 points)."
    )


def test_every_side_is_heard_on_both():
    """Credited, claimed, and what each side tells of both; in that order."""
    rows = [
        given(0, claimed=100, told={"north": 100}),
        given(10, "south", claimed=20, told={"north": 5, "south": 20}),
    ]
    found = {one.id: one.points.lead for one in shown(rows).readings}
    assert found == {"verified": -50, "claimed": 0, "by:north": 75, "by:south": -100}
    assert [str(one.words) for one in shown(rows).readings][2:] == [
        "as North tells of both sides",
        "as South tells of both sides",
    ]


def test_nothing_given_is_even():
    """No rows, no days, and nobody is ahead."""
    view = shown([])
    assert view.days == ()
    assert [one.points.lead for one in view.readings] == [0, 0, 0, 0]


def test_days_for_the_chart():
    """Each day with both readings, its entries, and whether what is credited is above the largest lead."""
    rows = [given(60, entries=("n1",)), given(0, claimed=40, entries=("n1", "n2")), given(4, "south", SECOND)]
    first, second = shown(rows, limited(50)).days
    assert (first.day, first.verified.lead, first.claimed.lead, first.above) == ("2026-01-03", 60, 100, True)
    assert (second.day, second.verified.lead, second.claimed.lead, second.above) == ("2026-01-05", 40, 80, False)
    assert first.entries == ("n1", "n2")


# --- advice ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("verified", "claimed", "max_lead", "code", "lines"),
    [
        (101, 101, 100, "above_max_lead", 3),
        (101, 100, 100, "above_max_lead", 2),
        (100, 100, 100, "within", 1),
        (0, 101, 100, "claimed_above_max_lead", 2),
    ],
)
def test_advice_goes_by_what_is_credited(verified, claimed, max_lead, code, lines):
    """A claim above the lead is told beside it and is no reason to pause; the advice says that nothing stops."""
    view = shown([given(verified, claimed=claimed)], limited(max_lead))
    assert view.advice_code == code
    assert len(view.advice) == lines
    said = " ".join(map(str, view.advice))
    assert ("Advice to North: pause" in said) == (code == "above_max_lead")
    assert ("Nothing stops by itself" in said) == (code == "above_max_lead")
    assert ("If the claims hold" in said) == (claimed > max_lead)


def test_no_largest_lead_no_advice():
    """It is said that none is agreed."""
    view = shown([given(400)])
    assert view.advice_code == "no_max_lead"
    assert not any(one.above for one in view.days)


def test_advice_to_the_other_side():
    """Whoever is ahead is advised."""
    assert "Advice to South: pause" in str(shown([given(21, "south")], limited(100)).advice[0])


# --- what may follow -------------------------------------------------------------------------------------------------


def test_if_one_side_stops():
    """What it keeps, what it does not get, what the other gave for nothing, and whether it gains."""
    north, south = shown([given(100), given(10, "south", SECOND)]).stops
    assert (south.saves, south.forgoes, south.unreturned, south.gain, south.pays) == (450, 400, 50, 50, True)
    assert (north.saves, north.forgoes, north.unreturned, north.gain, north.pays) == (400, 450, 0, -50, False)
    assert str(south.words[0]) == (
        "If South stops now, it keeps 450 points back, never gets 400, and North has given 50 for nothing."
    )
    assert str(south.words[1]) == "It has a reason to stop unless it loses at least 50 points by it."
    assert str(north.words[1]) == "It would lose 50 points by it."
    assert not shown([given(100)], stakes=(Fraction(0), Fraction(100))).stops[1].pays


def test_the_lead_that_can_be_borne():
    """By stake and by what is still to come: rho of what the leader has left to give, and what the other would lose."""
    view = shown([given(100)], stakes=(Fraction(10), Fraction(20)), rho=Fraction(1, 5))
    assert view.permitted == (100, 110)
    assert "North may lead by 100 points and South by 110" in str(view.limits)
    assert "20 in 100 more" in " ".join(map(str, view.assumptions))
    assert shown([given(100)]).permitted == (0, 0)


def test_without_totals_nothing_is_said_of_a_stop():
    """Where persons count by their class the whole in points is not known beforehand."""
    credits, rows = case(RATIO)
    view = exposure_view(rows, credits, load_agreement((AGREEMENT + RATIO).encode()), END, END)
    assert (view.permitted, view.limits, view.stops) == (None, None, ())
    assert [one.total for one in view.sides] == [None, None]


# --- what does not enter ---------------------------------------------------------------------------------------------


def test_who_counts_nothing_is_told():
    """People of a class without points, and those released outside the ratio: beside the figures, never in them."""
    credits, rows = case(RATIO)
    agreement = load_agreement((AGREEMENT + RATIO).encode())
    outside = Given(SECOND, "north", "fighter", 3, 3, outside_ratio=True)
    view = exposure_view([*rows, outside], credits, agreement, END, END)
    plain = exposure_view(rows, credits, agreement, END, END)
    assert view.days == plain.days
    assert [str(one.words) for one in view.not_counted] == [
        "3 fighter given by North count nothing: no points are set for them",
        "5 captive given by South count nothing: no points are set for them",
    ]
    assert [(one.class_, one.verified, one.claimed) for one in plain.not_counted] == [("captive", 5, 5)]


# --- words and text --------------------------------------------------------------------------------------------------


def test_assumptions_stand_beside_every_view():
    """A stop ends everything; silence is nothing said; who never enters."""
    said = " ".join(map(str, shown([]).assumptions))
    for words in ("A stop ends everything", "counts as nothing said", "outside the ratio do not enter"):
        assert words in said


def test_every_template_has_words_for_its_code():
    """No mode, caution, assumption or source is shown by its code, and fields in braces are names."""
    assert set(wording.MODE_WORDS) == set(MODES)
    assert set(wording.ASSUMPTION_WORDS) == set(ASSUMPTIONS)
    assert set(wording.SOURCE_WORDS) == {"agreed", "weights", "amounts", "named"}
    assert set(wording.CAUTION_WORDS) == {"totals_differ", "above_permitted", "last_step"}
    for message in wording.EXPOSURE_MESSAGES:
        assert all(name is None or name.isidentifier() for _, name, _, _ in string.Formatter().parse(message))


@pytest.mark.parametrize("source", ["agreed", "weights", "amounts", "named"])
def test_it_is_said_where_the_points_are_from(source):
    """Points that the agreement does not set are said to be none of its own."""
    ratio = Reciprocity({"from-north": 1, "from-south": 5})
    credits = Credits(
        ("from-north", "from-south"), ("north", "south"), (500, 100), ratio, source, ("from-north", "from-south")
    )
    said = str(shown([], credits).source)
    assert (
        said
        == {
            "agreed": "Points as the agreement sets them.",
            "weights": "Points as the weights of the agreement's running account.",
            "amounts": "The agreement names no points; these follow from its amounts, 500 persons for 100.",
            "named": "Points as given with the question.",
        }[source]
    )


def test_lines_and_rows():
    """Everything of the view is in the text, no line wider than the page."""
    rows = [given(60, entries=("n1",)), given(4, "south", SECOND, claimed=9)]
    credits = limited(10)
    view = shown(rows, credits, stakes=(Fraction(1), Fraction(2)))
    lines = [line.text for line in exposure_lines(view, Page(width=70))]
    assert max(map(len, lines)) <= 70
    text = " ".join(" ".join(lines).split())
    for sentence in (view.headline, *view.advice, view.limits, view.source, *view.assumptions, *view.stops[1].words):
        assert " ".join(str(sentence).split()) in text
    assert "points of one from-south: 5" in text
    assert day_rows(view, Page()) == [
        ("3 January 2026", "60 to 0", "+60", "60 to 0", "+60", "yes"),
        ("5 January 2026", "60 to 20", "+40", "60 to 45", "+15", "yes"),
    ]


def test_a_view_is_json():
    """Sentences in English, days in ISO, codes beside them."""
    found = view_json("exposure", shown([given(60)], limited(10)))
    assert found["format"] == "quittance-exposure/1"
    assert found["advice_code"] == "above_max_lead"
    assert found["days"][0]["verified"] == {
        "first": 60, "second": 0, "lead": 60, "words": "North is ahead by 60 points (60 to 0)"
    }  # fmt: skip


# --- plans -----------------------------------------------------------------------------------------------------------


def planned(exchange: Exchange, shape: Shape, **more):
    sides = party_refs(PLAIN, ("north", "south"))
    return plans_view(compare(exchange, shape), exchange, shape, (sides[0], sides[1]), Fraction(1, 100), **more)


def test_plans_side_by_side():
    """The table of the reference, in the figures as printed."""
    view = planned(Exchange((5000, 1000), (1, 5)), Shape(100, largest=250, smallest=20))
    assert [row[1:] for row in plan_rows(view, Page())] == [
        ("2", "5,000 / 0", "0 / 5,000", "50", "99%"),
        ("100", "100 / 0", "0 / 100", "32", "37%"),
        ("101", "50 / 50", "50 / 50", "16", "37%"),
        ("114", "250 / 0", "0 / 250", "37", "32%"),
        ("50", "0 / 0", "0 / 0", "0", "61%"),
    ]
    assert [row[0] for row in plan_rows(view, Page())] == [
        "north gives all, then south",
        "100 at a time in turns, north first",
        "south half a step first, then 100 at a time in turns",
        "shrinking steps in turns, from 250 points to 5",
        "100 at a time, both sides together",
    ]


def test_assumptions_stand_beside_every_plan():
    """All four, with the chance that was asked with, and what a point is worth."""
    said = " ".join(map(str, planned(Exchange((50, 10), (1, 5)), Shape(10)).assumptions))
    for words in ("totals of both sides match", "verify in time", "A stop ends everything", "a chance of 1 in 100"):
        assert words in said
    assert "worth what a point given costs" in said


def test_cautions_are_told_with_their_plan():
    """The last step that nothing holds, and totals that differ."""
    view = planned(Exchange((51, 10), (1, 5)), Shape(10))
    text = " ".join(" ".join(line.text for line in plan_lines(view, Page())).split())
    assert "north gives all, then south: the last step is more than its giver loses by stopping" in text
    assert "the totals differ: 51 and 50 points" in text
    assert not any(plan.bearable for plan in view.plans)


def test_steps_are_shown_where_they_are_wanted():
    """Persons of both sides, the lead, the leads permitted, and after which step somebody has a reason to stop."""
    exchange = Exchange((20, 4), (1, 5), (Fraction(0), Fraction(10)))
    view = planned(exchange, Shape(15), with_steps=True)
    turns = next(plan for plan in view.plans if plan.mode == "alternate")
    assert [(one.gives, one.lead, one.bearable) for one in turns.steps] == [
        ((15, 0), 15, False), ((0, 3), 0, True), ((5, 0), 5, True), ((0, 1), 0, True),
    ]  # fmt: skip
    rows = step_rows(view)
    assert len(rows) == sum(plan.count for plan in view.plans)
    assert ("1", "15 / 0", "15 / 0", "+15", "10 / 0", "yes") in rows
    assert planned(exchange, Shape(15)).plans[0].steps == ()
