"""Decisions of a reader: what can be corrected and into what, splitting, adding, and which decision holds."""

from __future__ import annotations

import pytest

from quittance.claims.decisions import (
    Decision,
    added,
    corrected,
    decided,
    decision_line,
    find_words,
    read_decision,
    reviewed,
    same_event,
    split,
)
from quittance.claims.model import Claim, Claimant, Quantity, Report
from quittance.errors import UsageError

TEXT = "The ministry said 32 Armenians and two\u00a0Azerbaijanis went home, \u201cnow at least 300\u201d since May.\n"
AT = "2024-01-02T03:04:05Z"


def claim(**more: object) -> Claim:
    """The first claim of the text."""
    plain: dict[str, object] = {
        "event_type": "done", "claimant": Claimant(key="MINISTRY", name="The ministry"), "actor": "AZERBAIJAN",
        "object": "ARMENIA", "kind": "batch", "quantity_span": (18, 20),
        "quantity": Quantity(value=32, low=32, high=32, modality="exact", surface="32"),
        "id": "d#1", "doc": "d", "span": (0, 61), "text": TEXT[0:61],
    }  # fmt: skip
    return Claim(**{**plain, **more})  # type: ignore[arg-type]


def decision(name: str, answer: str, *results: Claim) -> Decision:
    """A decision on a claim."""
    return Decision(claim=name, doc="d", answer=answer, by="R", at=AT, results=results)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("changes", "value", "low", "high", "modality"),
    [
        ({"value": "1,500"}, 1500, 1500, 1500, "exact"),
        ({"modality": "at_least"}, 32, 32, None, "at_least"),
        ({"value": "100", "modality": "about"}, 100, 90, 110, "about"),
        ({"value": "100", "modality": "nearly"}, 100, 90, 99, "nearly"),
        ({"value": "1900-2000"}, None, 1900, 2000, "range"),
        ({"modality": "vague"}, None, None, None, "vague"),
        ({"modality": "more_than"}, 32, 33, None, "more_than"),
    ],
)
def test_a_number_moves_with_its_bounds(changes, value, low, high, modality):
    """The interval follows from the modality; a number with - is a range."""
    quantity = corrected(claim(), changes, "R", AT).quantity
    assert quantity is not None
    assert (quantity.value, quantity.low, quantity.high, quantity.modality) == (value, low, high, modality)
    assert quantity.surface == "32"


def test_a_range_becomes_one_number_again():
    """Without a modality of its own, one number is exact."""
    ranged = corrected(claim(), {"value": "10-20"}, "R", AT)
    quantity = corrected(ranged, {"value": "15"}, "R", AT).quantity
    assert quantity == Quantity(value=15, low=15, high=15, modality="exact", surface="32")


def test_no_number_takes_its_place_away():
    """Then there is nothing to underline."""
    found = corrected(claim(), {"value": "none"}, "R", AT)
    assert (found.quantity, found.quantity_span) == (None, None)


def test_a_correction_says_whose_it_is():
    """The kind is decided by review, and the claim says which one it replaces."""
    found = corrected(claim(), {"kind": "cumulative", "event_date": "2020-05-01/2020-05-03"}, "R", AT, comment="so")
    assert (found.kind, found.kind_basis, found.event_date) == ("cumulative", "review", "2020-05-01/2020-05-03")
    assert found.review is not None
    assert (found.review.state, found.review.by, found.review.replaces, found.review.comment) == (
        "corrected", "R", "d#1", "so",
    )  # fmt: skip
    assert claim().review is None


def test_a_claimant_is_taken_from_those_known():
    """Another key is a claimant of whom nothing else is known; the same key keeps what the report says of him."""
    known = {"NSC": Claimant(key="NSC", name="Council", side="AF_GOV")}
    assert corrected(claim(), {"claimant": "NSC"}, "R", AT, known=known).claimant.side == "AF_GOV"
    assert corrected(claim(), {"claimant": "X_DOE"}, "R", AT).claimant == Claimant(key="X_DOE")
    assert corrected(claim(), {"claimant": "MINISTRY"}, "R", AT).claimant.name == "The ministry"


@pytest.mark.parametrize(
    "changes",
    [
        {"kind": "all"}, {"event_type": ""}, {"value": "many"}, {"value": "20-10"}, {"value": "-5"}, {"value": ""},
        {"modality": "sure"}, {"event_date": "31/3/2020"}, {"deadline": "2020-13"}, {"statement_date": "2020-02-30"},
        {"actor": "a b"}, {"actor": "\u202eX"}, {"claimant": "a b"}, {"definition": "some"}, {"span": "1"}, {"id": "x"},
        {"value": "1" * 30},
    ],
)  # fmt: skip
def test_what_is_no_value_is_refused(changes):
    """With the code of a wrong correction, and the field named."""
    with pytest.raises(UsageError) as raised:
        corrected(claim(), changes, "R", AT)
    assert raised.value.code == "claims.correction"
    assert next(iter(changes)) in raised.value.message


def test_a_definition_may_name_its_list():
    """`on_agreed_list:LIST`."""
    found = corrected(claim(), {"definition": "on_agreed_list:taliban/list-5000"}, "R", AT).definition
    assert found is not None
    assert (found.who, found.list) == ("on_agreed_list", "taliban/list-5000")
    assert corrected(claim(), {"definition": "none"}, "R", AT).definition is None


def test_a_sentence_of_two_numbers_is_split():
    """Each part has its own number, at its own place, and an id of its own."""
    parts = split(claim(), TEXT, ["32", "two Azerbaijanis"], "R", AT)
    assert [one.id for one in parts] == ["d#1.1", "d#1.2"]
    assert [TEXT[slice(*one.quantity_span)] for one in parts if one.quantity_span] == ["32", "two"]
    assert [one.quantity.value for one in parts if one.quantity] == [32, 2]


@pytest.mark.parametrize("words", [[], ["32"], ["32", "Azerbaijanis"], ["two", "32"]])
def test_a_split_needs_two_numbers_in_their_order(words):
    """Nothing is invented."""
    with pytest.raises(UsageError) as raised:
        split(claim(), TEXT, words, "R", AT)
    assert raised.value.code in ("claims.split", "claims.quote")


def test_a_claim_that_was_missed_is_added():
    """Its words are found whatever spaces and quotation marks were typed; it says that a reader found it."""
    report = Report(doc="d", text=TEXT, outlet="Paper")
    found = added(report, "d#r1", '"now at least 300" since May', "300", {"kind": "cumulative"}, "R", AT)
    assert found.text == TEXT[slice(*found.span)] == "\u201cnow at least 300\u201d since May"
    assert found.quantity is not None
    assert (found.quantity.low, found.quantity.modality, found.kind) == (300, "at_least", "cumulative")
    assert found.extractor is not None
    assert found.extractor.name == "reader"
    with pytest.raises(UsageError):
        find_words(TEXT, "not in there")
    with pytest.raises(UsageError):
        find_words(TEXT, "")


def test_a_claim_is_not_its_own_event():
    """It needs another one."""
    assert same_event(claim(), "d#0", "R", AT).same_event == "d#0"
    with pytest.raises(UsageError):
        same_event(claim(), "d#1", "R", AT)


def test_the_last_decision_holds():
    """Until it is taken back; then the claim is open again, as the machine left it."""
    first, last = decision("d#1", "rejected"), decision("d#1", "accepted", reviewed(claim(), "accepted", "R", AT))
    assert decided([first, last]) == {"d#1": last}
    assert decided([first, last, decision("d#1", "taken_back")]) == {}


def test_a_decision_is_one_line_and_comes_back():
    """Also with what a report may hold: line ends, quotation marks, direction marks."""
    found = decision("d#1", "accepted", claim(text="a\n\u202e\"'\u2028"))
    line = decision_line(found)
    assert line.count(b"\n") == 0
    assert read_decision(line) == found
    assert b"quittance-claim-decision/1" in line
