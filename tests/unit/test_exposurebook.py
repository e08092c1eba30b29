"""The use case of exposure: from what the record holds, for whoever may see it, at two dates."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest

from quittance.agreement.load import load_agreement
from quittance.casebook import Casebook
from quittance.errors import DeniedError, UsageError
from quittance.exposurebook import exposure, plans
from quittance.selection.plans import Shape
from quittance.testing import OFFICE, counting_nonce, standing_clock
from quittance.visibility import OPERATOR, Viewer

TWO_LISTS = Path(__file__).resolve().parents[1] / "data/two-lists"


@pytest.fixture(scope="module")
def casebook():
    """The small case: ten of the first side for thirty of the second."""
    found = Casebook.in_memory(
        (TWO_LISTS / "agreement.yaml").read_bytes(), OFFICE, clock=standing_clock(), nonce=counting_nonce()
    )
    found.import_journal(OPERATOR, (TWO_LISTS / "journal.jsonl").read_bytes())
    return found


def test_from_what_the_record_holds(casebook):
    """The figures of the status, in points that follow from the amounts."""
    day = date(2025, 1, 10)
    view = exposure(casebook, OPERATOR, day)
    status = {one.id: one for one in casebook.evaluation(OPERATOR, day).verdicts}
    assert [one.commitment for one in view.sides] == ["first", "second"]
    assert [dict(one.ratio) for one in view.sides] == [{"first": 3}, {"second": 1}]
    credited = view.readings[0].points
    assert credited.first == 3 * status["first"].low > 0
    assert credited.second == status["second"].low
    assert (view.as_of, view.known_by) == ("2025-01-10", "2025-01-10")


def test_by_default_it_is_today(casebook):
    """In the agreement's timezone, known by today."""
    today = casebook.today(OPERATOR).isoformat()
    view = exposure(casebook, OPERATOR)
    assert (view.as_of, view.known_by) == (today, today)


@pytest.mark.parametrize("viewer", [Viewer("public"), Viewer("monitor"), Viewer("operator", "a")])
def test_who_may_not_see_claims_sees_nothing(casebook, viewer):
    """Refused before anything is looked up."""
    with pytest.raises(DeniedError):
        exposure(casebook, viewer)


def test_stakes_are_of_the_two_sides(casebook):
    """A party that gives nobody has none here."""
    with pytest.raises(UsageError) as refused:
        exposure(casebook, OPERATOR, stakes={"icrc": Fraction(1)})
    assert refused.value.code == "usage.party"
    view = exposure(casebook, OPERATOR, date(2024, 12, 31), stakes={"b": Fraction(4), "a": Fraction(1)})
    assert view.permitted == (4, 1)


def test_plans_of_an_agreement(casebook):
    """Its totals and points; where they are not known there is nothing to plan."""
    view = plans(casebook.agreement(OPERATOR), Shape(2), hazard=Fraction(1, 100))
    assert (view.persons, view.points) == ((10, 30), (3, 1))
    together = next(one for one in view.plans if one.mode == "simultaneous")
    assert (together.count, together.max_leads) == (5, (0, 0))
    dix_hill = TWO_LISTS.parents[2] / "examples/dix-hill-1862/agreement.yaml"
    with pytest.raises(UsageError) as refused:
        plans(load_agreement(dix_hill.read_bytes()), Shape(2), hazard=Fraction(1, 100))
    assert refused.value.code == "exposure.no_points"
