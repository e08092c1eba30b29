"""The rules in words: each clause one line, the clause beside it, and which parts rest on health."""

from __future__ import annotations

import json

import pytest
from tests.unit.web.batches import CLEARANCES, SELECTION
from tests.unit.web.conftest import AGREEMENT, make_case

from quittance.agreement.model import Clearance
from quittance.views.batch_wording import BATCH_MESSAGES, Word
from quittance.views.criteria import CRITERIA_MESSAGES, Rule, condition_words, criteria, private_parts, told_gates
from quittance.visibility import OPERATOR


@pytest.fixture(scope="module")
def clearances() -> dict[str, Clearance]:
    """The clearances of the invented batches, as an agreement file has them."""
    case = make_case([], AGREEMENT + f"selection: {json.dumps(SELECTION)}\n" + CLEARANCES)
    return dict(case.agreement(OPERATOR).handovers.clearances)


def test_every_clause_is_a_line(clearances):
    """In the order in which they are applied, and each with its own clause."""
    parts = {one.key: one for one in criteria(SELECTION, clearances, {"neutral": "N"})}
    assert list(parts) == [
        "method", "outside_ratio", "gates", "tiers", "points", "then", "quotas", "reserve", "reciprocity",
    ]  # fmt: skip
    lines = {key: [str(line) for line in one.lines] for key, one in parts.items()}
    assert lines["method"][1] == "20 seats"
    assert lines["gates"][4:] == [
        "fit to travel: the medical officer, and not longer ago than 14 days",
        "wish to go: the neutral, and not longer ago than 3 days",
    ]
    assert lines["outside_ratio"] == ["whoever has health grave or more; needs only fit to travel, wish to go"]
    assert lines["tiers"] == [
        "tier 1: whoever has age 65 or more, or has health serious or more",
        "tier 2: everybody else",
    ]
    assert lines["points"] == [
        "health: chronic 15, serious 30, grave 50",
        "days left of the sentence: under 90: 25, under 180: 20, under 365: 12, under 730: 6",
        "age: 2 for each 1 above 50, 40 at most",
    ]
    assert lines["then"][0] == "the higher age first"
    assert lines["then"][1].endswith("the holding side, the receiving side, N, and a number that nobody can foresee")
    assert lines["quotas"] == [
        "place of detention: in proportion to those ranked, 15 in 100 more or less",
        "province: Kunduz at least 4, Kabul at most 6, every other at most 10",
        "whoever has health serious or more: 0 to 3 seats",
    ]
    assert lines["reserve"] == ["20 substitutes, in order"]
    assert "100 points" in lines["reciprocity"][-1]
    assert json.loads(parts["tiers"].clause) == {"tiers": SELECTION["tiers"]}


def test_an_agreement_without_rules_has_no_lines():
    """Nothing is filled in."""
    assert criteria({}, {}) == ()


def test_what_rests_on_health_is_private():
    """Points and quotas that look at the field, however deep in a condition."""
    assert private_parts(SELECTION) == {"health", "medical_seats"}
    nested = {"quotas": [{"id": "deep", "when": {"not": {"any": [{"field": "health", "equals": "well"}]}}}]}
    assert private_parts(nested) == {"deep"}
    assert private_parts({}) == frozenset()


def test_which_gates_both_sides_may_see(clearances):
    """The list, a veto, the legal order; nothing sealed, and not the pledge."""
    assert told_gates(clearances) == {"listed", "not_vetoed", "decree"}


@pytest.mark.parametrize(
    ("condition", "words"),
    [
        ({"field": "age", "at_most": 17}, "has age 17 or less"),
        ({"field": "age", "at_least": 18, "below": 21}, "has age 18 or more and has age under 21"),
        ({"field": "province", "in": ["Kabul", "Khost"]}, "has province one of Kabul, Khost"),
        ({"field": "listed", "equals": True}, "has a yes for listed"),
        ({"field": "x1", "equals": 3}, "has x1 3"),
        ({"not": {"field": "age", "below": 18}}, "not: has age under 18"),
        ({"all": [{"field": "age", "below": 18}, {"field": "age", "at_least": 9}]},
         "has age under 18 and has age 9 or more"),
    ],
)  # fmt: skip
def test_a_condition_reads_after_whoever(condition, words):
    """Each form of a condition."""
    assert str(condition_words(condition)) == words


def test_the_catalogues_are_whole():
    """What can be said stands in the list that translators get."""
    assert set(CRITERIA_MESSAGES) == {str(one) for one in Rule}
    assert set(BATCH_MESSAGES) == {str(one) for one in Word}
